#!/usr/bin/env bash
# Build the image for several kinds of processor and push it. Takes everything from the environment.
set -euo pipefail

: "${IMAGE:?}" "${MLCI_COMMIT:?}"
platforms="${PLATFORMS:-linux/amd64,linux/arm64}"
binfmt=tonistiigi/binfmt:qemu-v9.2.2

# A builder that can make several platforms at once, unless a step before this one has set it up.
if ! docker buildx inspect 2>/dev/null | grep -q '^Driver: *docker-container'; then
  docker run --privileged --rm "$binfmt" --install arm64
  docker buildx create --use --driver docker-container
fi

if [[ -n "${REGISTRY_TOKEN:-}" ]]; then
  registry="${IMAGE%%/*}"
  printf '%s' "$REGISTRY_TOKEN" | docker login --username "${REGISTRY_USER:?}" --password-stdin "$registry"
  trap 'docker logout "$registry" >/dev/null' EXIT
fi

docker buildx build --platform "$platforms" --provenance=true --sbom=true --push \
  --tag "$IMAGE:$MLCI_COMMIT" --tag "$IMAGE:latest" service
