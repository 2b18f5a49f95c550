#!/bin/sh
# Makes the environment MLCI_VENV with MLCI_PYTHON; installs what the uv.lock MLCI_LOCK pins, by MLCI_UV, then
# MLCI_PACKAGE and what MLCI_INSTALL names.
set -euf

version=$("$MLCI_PYTHON" -c 'import platform; print(platform.python_version())')
if ! grep -qsx "version = $version" "$MLCI_VENV/pyvenv.cfg"; then
    "$MLCI_PYTHON" -m venv --clear "$MLCI_VENV"
fi
# shellcheck disable=SC1091 # made above
. "$MLCI_VENV/bin/activate"

if [ -n "${MLCI_LOCK:-}" ]; then
    python -m pip install --disable-pip-version-check "$MLCI_UV"
    uv export --frozen --no-emit-project --project "$(dirname "$MLCI_LOCK")" \
        --output-file .mlci/requirements.txt --quiet
    python -m pip install --disable-pip-version-check -r .mlci/requirements.txt
fi
if [ -n "${MLCI_PACKAGE:-}${MLCI_INSTALL:-}" ]; then
    # shellcheck disable=SC2086 # words apart by blanks
    python -m pip install --disable-pip-version-check ${MLCI_PACKAGE:-} ${MLCI_INSTALL:-}
fi
python -m mlci --version
