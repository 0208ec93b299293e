# The clients of the toolbox image, one after the other: their output between a line
# with the name and one with the exit status.
run() {
  echo "== $1"
  shift
  timeout 60 "$@" 2>&1
  echo "== $?"
}
run python python3 -c '
from kubernetes import client, config
config.load_incluster_config()
print(client.CoreApi().get_api_versions().versions)'
run kubectl kubectl auth whoami
# the recipe of "Accessing the Kubernetes API from a Pod"
guide() {
  APISERVER=https://kubernetes.default.svc
  SERVICEACCOUNT=/var/run/secrets/kubernetes.io/serviceaccount
  TOKEN=$(cat ${SERVICEACCOUNT}/token)
  CACERT=${SERVICEACCOUNT}/ca.crt
  curl --max-time 30 -sS --cacert ${CACERT} --header "Authorization: Bearer ${TOKEN}" -X GET ${APISERVER}/api
}
export -f guide
run curl bash -c guide
