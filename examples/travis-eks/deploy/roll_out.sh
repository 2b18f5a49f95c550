#!/usr/bin/env bash
# Build the image, push it to ECR, roll it out on EKS; go back when it does not become ready.
# Takes everything from the environment, and keeps nothing: kubeconfig and registry login go when it ends.
set -euo pipefail

: "${AWS_ACCOUNT_ID:?}" "${AWS_REGION:?}" "${ECR_REPOSITORY:?}" "${EKS_CLUSTER:?}"
build="${MLCI_RUN_ID:-${MLCI_COMMIT:?}}"
registry="$AWS_ACCOUNT_ID.dkr.ecr.$AWS_REGION.amazonaws.com"
image="$registry/$ECR_REPOSITORY:$build"

private="$(mktemp -d)"
trap 'rm -rf "$private"' EXIT
export KUBECONFIG="$private/kubeconfig" DOCKER_CONFIG="$private/docker"

aws ecr get-login-password --region "$AWS_REGION" |
  docker login --username AWS --password-stdin "$registry"
aws eks update-kubeconfig --region "$AWS_REGION" --name "$EKS_CLUSTER" --kubeconfig "$KUBECONFIG"

docker build --tag "$image" .
docker push "$image"
# What is rolled out is what was pushed, whoever moves the tag later.
pushed="$(docker inspect --format '{{index .RepoDigests 0}}' "$image")"

kubectl apply --filename deploy/service.yaml
sed "s|IMAGE|$pushed|" deploy/deployment.yaml | kubectl apply --filename -
if ! kubectl rollout status deployment/digits --timeout 5m; then
  kubectl rollout undo deployment/digits
  exit 1
fi
echo "$pushed serves"
