#!/usr/bin/env bash
# Writes the SBOM of a program, as CycloneDX, from what its linker has written into it: the same
# program gives the same bytes. What hack/smalllibs has copied stands under its own name, so that
# it is found by who looks for vulnerable versions.
#
#   hack/sbom.sh PROGRAM FILE VERSION
set -euo pipefail
program=$1 file=$2 version=$3

raw=$(mktemp)
trap 'rm -f "$raw"' EXIT
# the tool writes its own hash as well: -trimpath keeps directories of this machine out of that
CGO_ENABLED=0 go run -trimpath github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0 \
  bin -json -noserial -notimestamp -std -version "$version" -output "$raw" "$program"

renamed=(-e '')
while read -r copy module of; do
  renamed+=(-e "s|$copy@(devel)|$module@$of|")
  renamed+=(-e "\\|\"name\": \"$copy\"|{s|$copy|$module|;n;s|\"(devel)\",|\"$of\", \"pedigree\": {\"notes\": \"a copy with a small change, see hack/smalllibs\"},|;}")
done < <(go version -m "$program" | awk '$1 == "dep" { module = $2; version = $3 } $1 == "=>" && $2 ~ /^\.\// { print $2, module, version }')
sed "${renamed[@]}" "$raw" >"$file"
if grep -q '\./build/' "$file"; then
  echo "a copied library has no name in $file" >&2
  exit 1
fi
