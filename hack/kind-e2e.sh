#!/usr/bin/env bash
# From nothing to a verdict: makes a kind cluster of three nodes, builds the image
# and loads it, and runs the scenarios of e2e/ there, or another command; then
# what is healthy on clusters of one node, with two address families and with
# IPv6 alone. What it made is deleted at the end.
#
#   hack/kind-e2e.sh [--cluster NAME] [--keep] [COMMAND [ARG...]]
#
#   --cluster NAME   use this kind cluster, and leave it standing; the scenarios
#                    break its second worker and its DNS, and repair them
#   --keep           delete neither the cluster nor what ran in it
#
# KIND_NODE_IMAGE chooses the node image; kind's own choice is pulled otherwise.
# E2E_TOOLBOX_IMAGE names an image that docker has, with bash, curl, kubectl and Python's
# client for Kubernetes, whose clients run in the failing pods; without it they are left out.
# E2E_EVERY_STEP=1 takes every way of the launcher, kills it at each of its steps, asks the
# pod network about policies made by chance, and makes the changes that predict has judged: 20
# minutes more.
# E2E_REPORTS names a directory that gets the report of each scenario as JSON.
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
scenarios=(go test -tags e2e -count=1 -v -parallel 6 -timeout 45m ./e2e/) # a machine may be three times slower
for tool in go make kubectl docker; do
  command -v "$tool" >/dev/null || die "$tool is not on this machine, and this needs it"
done
docker info >/dev/null 2>&1 || die "docker does not answer"

scratch=$(mktemp -d)
export KUBECONFIG=$scratch/kubeconfig # never the user's
finish() {
  local status=$?
  if [[ $keep && $made ]]; then
    say "kept: go tool kind export kubeconfig --name $made; go tool kind delete cluster --name $made"
  elif [[ $made ]]; then
    kind delete cluster --quiet --name "$made" || status=1
  fi
  rm -rf "$scratch"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# create NAME: a cluster by the configuration on standard input.
create() {
  say "creating the kind cluster $1"
  made=$1
  kind create cluster --quiet --name "$1" --wait 3m --config - ${KIND_NODE_IMAGE:+--image "$KIND_NODE_IMAGE"}
}

# prepare NAME: waits for the cluster, and gives it the image.
prepare() {
  kubectl version || die "this kubectl does not get on with the cluster"
  # by address, the API server will show a certificate that is not its own
  kubectl config set-cluster "kind-$1" --tls-server-name=localhost >/dev/null
  kind load image-archive --name "$1" "build/k8sdoctor-linux-$(go env GOARCH).tar"
  kubectl wait --for=condition=Ready node --all --timeout=3m
  kubectl -n kube-system rollout status deployment/coredns --timeout=3m
}

say "building the image"
make --no-print-directory image

if [[ $cluster ]]; then
  kind export kubeconfig --quiet --name "$cluster"
else
  cluster=k8sdoctor-$(date +%s)-$$
  create "$cluster" <<END
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
  - role: worker
  - role: worker
END
fi
prepare "$cluster"

if (($#)); then
  say "$*"
  E2E_CLUSTER=$cluster E2E_KEEP=$keep "$@"
  exit
fi
say "the scenarios"
E2E_CLUSTER=$cluster E2E_KEEP=$keep "${scenarios[@]}" -run "Readme|SideEffects|Fix|OnCluster|Watching|LaunchExec|LaunchNodes|NeverStarted${E2E_EVERY_STEP:+|Launch|Predict}"
if [[ ${E2E_TOOLBOX_IMAGE:-} ]]; then
  say "real clients in failing pods"
  E2E_CLUSTER=$cluster E2E_KEEP=$keep "${scenarios[@]}" -run RealClients
else
  say "left out: real clients in failing pods; E2E_TOOLBOX_IMAGE names no image"
fi

if [[ ! $made || $keep ]]; then
  exit
fi
for family in dual ipv6; do
  kind delete cluster --quiet --name "$made"
  create "$cluster-$family" <<END
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking:
  ipFamily: $family
END
  prepare "$made"
  say "what is healthy, on one node with the address family $family"
  E2E_CLUSTER=$made "${scenarios[@]}" -run Flavours
done
