#!/bin/sh
# Builds every program of the sample release with git and go alone, in the way upstream built its own, and writes
# what came out into upstream/projects/sample/*/1-0/CHECKSUMS. Takes the Go toolchains and the modules from the
# network where the module cache has none, and compiles all of them unless GOCACHE names a build cache.
#
# usage: sh expectations.sh
set -eu

# Nothing of the caller's environment, git configuration or `go env -w` may reach a build, except how to fetch.
[ "${SAMPLE_CLEAN-}" = yes ] || exec env -i SAMPLE_CLEAN=yes PATH="$PATH" TMPDIR="${TMPDIR:-/tmp}" \
  GOCACHE="${GOCACHE-}" GOMODCACHE="$(go env GOMODCACHE)" GOPROXY="$(go env GOPROXY)" GOSUMDB="$(go env GOSUMDB)" \
  HTTPS_PROXY="${HTTPS_PROXY-}" NO_PROXY="${NO_PROXY-}" SSL_CERT_FILE="${SSL_CERT_FILE-}" sh "$0" "$@"
umask 022
export TZ=UTC LC_ALL=C
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_ATTR_NOSYSTEM=1
export GIT_COMMITTER_NAME='Prow Bot' GIT_COMMITTER_EMAIL=prow@amazonaws.com
export GOENV=off GOFLAGS= CGO_ENABLED=0

examples=$(cd "$(dirname "$0")" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export HOME="$work/home" GOCACHE="${GOCACHE:-$work/build-cache}" GOPATH="$work/gopath"

sh "$examples/repositories.sh" "$work/repositories"

# checkout PROJECT: a full clone at the project's tag with its patches on top. The two empty files are upstream's
# marks of what is done; git does not track them, so go stamps every program with vcs.modified=true.
# Sets tag and PATH: the project's own Go comes first.
checkout() {
  pins=$examples/upstream/projects/sample/$1/1-0
  tag=$(cat "$pins/GIT_TAG")
  git clone --quiet "$work/repositories/sample/$1.git" "$work/$1"
  cd "$work/$1"
  git checkout --quiet "$tag"
  touch "eks-distro-checkout-$tag"
  if [ -d "$pins/patches" ]; then
    git am --quiet --committer-date-is-author-date "$pins"/patches/*.patch
  fi
  touch eks-distro-patched

  go=$(sed -n 's/^\*\* golang.org\/go; version \(go[0-9.]*\) --$/\1/p' "$pins/ATTRIBUTION.txt")
  PATH=$(GOTOOLCHAIN=$go "$machine_go" env GOROOT)/bin:$machine_path
  export GOTOOLCHAIN=local
  [ "$(go env GOVERSION)" = "$go" ] || { echo "$go is not what runs: $(go version)" >&2; exit 1; }
}
machine_path=$PATH
machine_go=$(command -v go)

# build PLATFORM STAMPS GO-BUILD-ARGUMENT...: builds in the current folder, which is a module of the checkout.
build() {
  platform=$1
  stamps=$2
  shift 2
  echo "$project $platform: $*"
  GOOS=${platform%/*} GOARCH=${platform#*/} go build -trimpath \
    -ldflags "-s -w -buildid= -extldflags -static $stamps" \
    -o "$work/built/$project/_output/1-0/bin/$project/${platform%/*}-${platform#*/}/" "$@"
}

project=greeter
checkout $project
go mod vendor
for platform in linux/amd64 linux/arm64 windows/amd64; do
  build $platform "-X main.version=$tag" ./cmd/greeter
done

project=toolbox
checkout $project
version=sample.example/toolbox/v2/version
for platform in linux/amd64 linux/arm64; do
  build $platform \
    "-X $version.Commit=$(git rev-list -n 1 "$tag") -X $version.Short=$(git rev-parse --short "$tag")" \
    -installsuffix cgo ./tools/hammer ./tools/saw
done

project=clock
checkout $project
version=sample.example/clock/api/version
describe=$(git describe --always --abbrev=0)
date=$(git show -s --format=%cd --date=format:%Y-%m-%dT%H:%M:%SZ HEAD)
for module in clockctl clockd; do
  cd "$work/$project/$module"
  go mod vendor
  for platform in linux/amd64 linux/arm64; do
    build $platform "-X $version.Version=${tag#v} -X $version.Describe=$describe -X $version.Date=$date" .
  done
done

for project in greeter toolbox clock; do
  cd "$work/built/$project"
  find _output -type f | sort | xargs sha256sum > "$work/CHECKSUMS"
  cp "$work/CHECKSUMS" "$examples/upstream/projects/sample/$project/1-0/CHECKSUMS"
done
