#!/bin/bash
# Puts Python MLCI_PYTHON, in an environment of its own, first on the PATH of the steps that follow.
set -euo pipefail

python3 -m venv ~/.uv
~/.uv/bin/python -m pip install --quiet "uv==$MLCI_UV"
~/.uv/bin/uv venv --quiet --clear --seed --python "$MLCI_PYTHON" ~/.venv
echo "export PATH=$HOME/.venv/bin:\$PATH" >> "$BASH_ENV"
