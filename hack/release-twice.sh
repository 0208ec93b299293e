#!/usr/bin/env bash
# Builds the release of this commit in two clean clones, compares every file of it, and prints
# them with their sizes. Nothing is published.
#
#   hack/release-twice.sh [--cold]
#
#   --cold   the second clone compiles everything again: more than 25 minutes of CPU time
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
  '' | --cold) ;;
  *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# files: what a release has, by the names in the clone.
files() { (cd "$1" && ls dist/*.tar.gz dist/*.zip dist/*.cdx.json dist/checksums.txt dist/krew/*.yaml build/*.tar); }

git clone --quiet . "$scratch/first"
git clone --quiet . "$scratch/second"
for clone in first second; do
  if [[ $clone = second && ${1:-} ]]; then
    export GOCACHE=$scratch/cache
  fi
  began=$SECONDS
  make --no-print-directory -C "$scratch/$clone" release-dry-run
  echo "== the $clone dry run took $((SECONDS - began)) s"
done

diff <(files "$scratch/first") <(files "$scratch/second")
while read -r file; do
  cmp "$scratch/first/$file" "$scratch/second/$file"
  printf '%10d  %s\n' "$(wc -c <"$scratch/first/$file")" "$file"
done < <(files "$scratch/first")
echo "== both clones give the same files, byte for byte"
