#!/bin/bash
# Installs the packages that MLCI_LOCK holds, then MLCI_PACKAGE and what MLCI_INSTALL names.
set -euo pipefail

install() {
  python -m pip install --disable-pip-version-check "$@"
}

if [ -n "$MLCI_LOCK" ]; then
  mkdir -p .mlci
  install "uv==$MLCI_UV"
  uv export --frozen --no-emit-project --project "$(dirname "$MLCI_LOCK")" \
    --output-file .mlci/requirements.txt --quiet
  install -r .mlci/requirements.txt
fi
mapfile -t wanted < <(printf '%s\n%s\n' "$MLCI_PACKAGE" "$MLCI_INSTALL" | tr -s '[:space:]' '\n' | sed '/^$/d')
if [ "${#wanted[@]}" -gt 0 ]; then
  install "${wanted[@]}"
fi
mlci --version
