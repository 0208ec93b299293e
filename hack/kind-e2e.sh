#!/usr/bin/env bash
# From nothing to a verdict: makes a kind cluster, builds the image and loads
# it, and runs the scenarios of e2e/ there, or another command. What it made is
# deleted at the end.
#
#   hack/kind-e2e.sh [--cluster NAME] [--keep] [COMMAND [ARG...]]
#
#   --cluster NAME   use this kind cluster, and leave it standing
#   --keep           delete neither the cluster nor what ran in it
#
# KIND_NODE_IMAGE chooses the node image; kind's own choice is pulled otherwise.
# COMMAND finds KUBECONFIG, E2E_CLUSTER and E2E_KEEP set.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 2; }
kind() { go tool kind "$@"; }

cluster='' made='' keep=''
while (($#)); do
  case $1 in
    --cluster) cluster=${2:?--cluster needs a name}; shift 2 ;;
    --keep) keep=1; shift ;;
    -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit ;;
    --) shift; break ;;
    -*) die "unknown option $1; see $0 --help" ;;
    *) break ;;
  esac
done
(($#)) || set -- go test -tags e2e -count=1 -v -parallel 4 -timeout 20m ./e2e/
for tool in go make kubectl docker; do
  command -v "$tool" >/dev/null || die "$tool is not on this machine, and this needs it"
done
docker info >/dev/null 2>&1 || die "docker does not answer"

scratch=$(mktemp -d)
export KUBECONFIG=$scratch/kubeconfig # never the user's
finish() {
  local status=$?
  if [[ $keep && $made ]]; then
    say "kept: go tool kind export kubeconfig --name $cluster; go tool kind delete cluster --name $cluster"
  elif [[ $made ]]; then
    kind delete cluster --quiet --name "$cluster" || status=1
  fi
  rm -rf "$scratch"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

if [[ $cluster ]]; then
  kind export kubeconfig --quiet --name "$cluster"
else
  cluster=k8sdoctor-$(date +%s)-$$ made=1
  say "creating the kind cluster $cluster"
  kind create cluster --quiet --name "$cluster" --wait 3m ${KIND_NODE_IMAGE:+--image "$KIND_NODE_IMAGE"}
fi
kubectl version || die "this kubectl does not get on with the cluster"

say "building the image and loading it"
make --no-print-directory image
kind load image-archive --name "$cluster" "build/k8sdoctor-linux-$(go env GOARCH).tar"
kubectl -n kube-system rollout status deployment/coredns --timeout=3m

say "$*"
E2E_CLUSTER=$cluster E2E_KEEP=$keep "$@"
