#!/bin/bash
# Fails when one of the variables that MLCI_NAMES names is not set.
set -euo pipefail

missing=0
for name in $MLCI_NAMES; do
  if [ -z "${!name:-}" ]; then
    echo "$name is not set: add it to the job's context or to the project's environment variables" >&2
    missing=1
  fi
done
exit "$missing"
