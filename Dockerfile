# syntax=docker/dockerfile:1
# Built from the repository's own sources and Cargo.lock; the second stage holds
# the service and its models, no compiler, no training code, no data sets.
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY .cargo ./.cargo
COPY askama.toml ./
COPY benches ./benches
COPY src ./src
COPY datasets ./datasets
COPY fitting ./fitting
COPY training ./training
COPY eval ./eval
COPY docs/schema ./docs/schema
RUN cargo build --release --locked --package scrutineer --bin scrutineer

FROM python:3.11-slim-bookworm AS ocr
WORKDIR /src
COPY scripts/setup-ocr.sh scripts/onnx_runtime.txt scripts/
RUN CI=1 scripts/setup-ocr.sh /ocr

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libstdc++6 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /var/lib/scrutineer --create-home scrutineer
COPY --from=build /src/target/release/scrutineer /usr/local/bin/scrutineer
COPY models /usr/share/scrutineer/models
COPY --from=ocr /ocr/libonnxruntime.so /usr/share/scrutineer/models/ocr/libonnxruntime.so
ENV SCRUTINEER_LISTEN=0.0.0.0:8080 \
    SCRUTINEER_DATA_DIR=/var/lib/scrutineer \
    SCRUTINEER_MODELS_DIR=/usr/share/scrutineer/models
USER 10001
VOLUME /var/lib/scrutineer
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s CMD ["scrutineer", "health"]
ENTRYPOINT ["scrutineer"]
CMD ["serve"]
