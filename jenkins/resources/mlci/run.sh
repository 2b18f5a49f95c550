#!/bin/sh
# Runs the command MLCI_COMMAND of mlci, its options in MLCI_ASK, with the environment MLCI_VENV, if there is one.
set -eu

# Not by a PATH set outside: Jenkins hands none into a container.
if [ -n "${MLCI_VENV:-}" ]; then
    # shellcheck disable=SC1091 # made by install.sh
    . "$MLCI_VENV/bin/activate"
fi
exec python -P -m mlci.commands.from_environment "$MLCI_COMMAND"
