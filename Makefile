# The commands that a person types; each is one npm script or one call of the program.
.DEFAULT_GOAL := all
.PHONY: all setup build static lint types dead check test verify image bench clean

REBUILD := node dist/cli.js

all: build ## installs, builds, and verifies the sample release
	$(REBUILD) verify sample

# Not "npm ci": it refuses a lock without the packages of platforms that a registry does not serve.
node_modules/.package-lock.json: package.json package-lock.json
	npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

setup: node_modules/.package-lock.json

build: setup
	@npm run --silent build

static: lint types dead ## format, lint, types, dead exports

lint types dead: setup
	npm run --silent $@

check: static ## the same, and unit tests
	npm run --silent unit

test: build ## all tests
	npm run --silent test

verify: build ## RELEASE=v1-30-eks-5 [PROJECT=etcd-io/etcd] [PLATFORM=linux/arm64]
	$(REBUILD) verify $(RELEASE) $(if $(PROJECT),--project $(PROJECT)) $(if $(PLATFORM),--platform $(PLATFORM))

image: build ## [IMAGE=registry.example.com/eksd-rebuild:1] [DEBIAN=URL]: this program with node, git and Go, for pods: out/image
	node --import tsx image/make.ts

bench: build ## [RELEASE=v1-30-eks-5 [PROJECT="a/b c/d"] [PLATFORM=linux/arm64]]: the figures of docs/reference/figures.md on the sample, or on a release
	PLATFORM=$(PLATFORM) node --import tsx test/bench/bench.ts "$(RELEASE)" $(PROJECT)

clean:
	rm -rf dist coverage out
