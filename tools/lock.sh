#!/bin/sh
# Usage: sh tools/lock.sh [--upgrade]
# Writes requirements.txt from requirements.in. Pins that stand are kept; --upgrade takes the newest instead.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m uv pip compile requirements.in --system-certs --universal --python-version 3.11 --generate-hashes \
    --custom-compile-command "sh tools/lock.sh" --no-annotate --quiet "$@" -o requirements.txt
