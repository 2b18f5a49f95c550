#!/bin/bash
# Installs MLCI_PACKAGE, and beside it the packages that MLCI_INSTALL names.
set -euo pipefail

mapfile -t more < <(printf '%s' "$MLCI_INSTALL" | tr -s '[:space:]' '\n')
python -m pip install --disable-pip-version-check "$MLCI_PACKAGE" "${more[@]}"
mlci --version
