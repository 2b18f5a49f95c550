#!/bin/bash
# Makes the environment MLCI_VENV with MLCI_PYTHON, and installs MLCI_PACKAGE and what MLCI_INSTALL names there.
set -euo pipefail

if [[ ! -x $MLCI_VENV/bin/python ]]; then
    "$MLCI_PYTHON" -m venv "$MLCI_VENV"
fi
mapfile -t more < <(printf '%s' "${MLCI_INSTALL:-}" | tr -s '[:space:]' '\n')
"$MLCI_VENV/bin/python" -m pip install --disable-pip-version-check "$MLCI_PACKAGE" "${more[@]}"
"$MLCI_VENV/bin/mlci" --version
