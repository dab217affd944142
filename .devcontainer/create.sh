#!/usr/bin/env bash
# Once, when the container is made: what the image lacks, then the set-up as `cargo xtask lab --no-open` does it, and the
# kernel for VS Code's notebooks too. Afterwards `cargo xtask lab --no-browser` serves JupyterLab on port 8888.
set -euo pipefail
cd "$(dirname "$0")/.."
sudo apt-get update
# The browser is for a stage of `cargo xtask test`.
sudo apt-get install --yes --no-install-recommends g++ python3-venv chromium chromium-driver
# The image may be older than the Rust that is needed.
rustup toolchain install stable --profile minimal --component rustfmt,clippy,rust-src
rustup default stable
cargo xtask kernel install
