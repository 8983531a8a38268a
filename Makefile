# Two commands do all the set-up there is: `make demo` and `make test`.
.DEFAULT_GOAL := help
SHELL := /bin/bash
DEMO_DIR ?= target/demo

.PHONY: help setup demo test gates bench fmt lint licences schemathesis fuzz survey train ci

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

setup: ## Install what tests and checks need beyond Rust, Python 3 and git
	scripts/setup.sh

demo: ## Make a demo firm, load it, serve it, print the address and a key
	scripts/demo.sh $(DEMO_DIR)

test: setup ## All tests: unit, property, black box, browser, examples
	cargo build --workspace --all-targets --locked
	cargo test --workspace --locked
	scripts/test-examples.sh

gates: ## Measure on real data and compare with eval/gates/*.toml
	scripts/gates.sh

bench: ## Speed beside a peer, and of the service, with targets
	scripts/bench.sh

schemathesis: ## Check the running server against its own OpenAPI description
	scripts/schemathesis.sh

fuzz: ## Fuzz every reader of bytes from outside, FUZZ_SECONDS each (300)
	scripts/fuzz.sh $(or $(FUZZ_SECONDS),300)

survey: ## Feed damaged and hostile files to a running server; also the PDFs below the folders FILES
	cargo build --quiet --locked --bin scrutineer
	scripts/survey.py $(FILES)

train: ## Fit the models again, but for notes; documents and payments also on the public data in SCRUTINEER_DATA
	cargo run --locked -p scrutineer-training --bin scrutineer-train -- invoice $(if $(SCRUTINEER_DATA),--data $(SCRUTINEER_DATA))
	$(if $(SCRUTINEER_DATA),cargo run --locked -p scrutineer-training --bin scrutineer-train -- collections --data $(SCRUTINEER_DATA))
	cargo run --locked -p scrutineer-training --bin scrutineer-train -- timesheet --generated
	cargo run --locked -p scrutineer-training --bin scrutineer-train -- timesheet --per-sheet --generated
	cargo run --locked -p scrutineer-training --bin scrutineer-train -- project_setup --generated
	cargo run --locked -p scrutineer-training --bin scrutineer-train -- billing --generated

fmt: ## Format
	cargo fmt --all

lint: ## Formatting, clippy and rustdoc, warnings denied
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

licences: ## Licences of every dependency; advisories where a database can be reached
	scripts/licences.py

ci: ## What runs on every change
	.ci/run
