# Everything a fresh clone needs is installed on the way. Needed beforehand: Go
# and Node.js with npm.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -o pipefail -c

# The race detector needs a C compiler.
race := $(shell command -v gcc >/dev/null && echo -race)

# Where goroutines share memory: the reader that others let go first (db), the places for attempts to
# sign in (identity), the queue and its workers (jobs), senders of mails and webhooks, leases (order),
# the keeper of the embedded server; and of web the streams, the server's end, and what is asked for
# twice at once. These run under the race detector every day, all others every night.
raced     := $(addprefix handover/internal/,db identity jobs notify order pgembed webhooks)
# The names are of tests in web only: they do not run a second time without the detector.
raced_web := OrderUnderWay|ServeStops|InParallel|TwiceGivesOneOrder|WebhooksThrough|ImportUpload

# The linter vets the tests as well, and only a debugger reads what -w leaves out.
daily := -timeout 60m -vet=off -ldflags=-w

# What "handover version" prints.
version := $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
commit  := $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
stamp   := -X main.version=$(version) -X main.commit=$(commit)

modules := node_modules/.package-lock.json
assets  := static/dist/manifest.json

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build, load demo data once, and serve
	bin/handover demo --size small --once
	bin/handover serve

.PHONY: dev
dev: ## Serve, and again after every change of a file
	@scripts/dev.sh

.PHONY: build
build: $(assets) postgres ## Install what is missing and build bin/handover
	go build -buildvcs=false -ldflags '$(stamp)' -o bin/handover ./cmd/handover

.PHONY: release
release: $(assets) ## Build bin/release/handover, the program without demo data
	CGO_ENABLED=0 go build -tags release -trimpath -buildvcs=false -ldflags '-s -w $(stamp)' -o bin/release/handover ./cmd/handover

.PHONY: package
package: release ## Build the Debian package into bin/
	scripts/package.sh

.PHONY: package-check
package-check: package ## Install the Debian package into a folder, start it from there, and check the files of deploy/
	scripts/package_check.sh

.PHONY: release-check
release-check: release ## Check the settings of a release with goreleaser, and make the list of components
	scripts/release_check.sh

.PHONY: test
test: build chromium programs ## Run all tests, Go on a real PostgreSQL, then the browser; print where the time went
	@date +%s >bin/tests.log
	@go test $(daily) -skip '$(raced_web)' $(filter-out $(raced),$(shell go list ./...)) | tee -a bin/tests.log
	@go test $(daily) $(race) $(raced) | tee -a bin/tests.log
	@go test $(daily) $(race) ./web -run '$(raced_web)' | tee -a bin/tests.log
	@npm run --silent e2e | tee -a bin/tests.log
	@scripts/times.mjs bin/tests.log

.PHONY: nightly
nightly: export HANDOVER_NIGHTLY := 1
nightly: build chromium programs ## Run what the daily tests leave out (CONTRIBUTING.md)
	go test -tags nightly $(race) -timeout 180m ./...
	HANDOVER_PROPERTY_CASES=2000 HANDOVER_STRICT_CASES=200 go test -tags nightly ./internal/engine -run Random -timeout 180m
	npm run --silent e2e

.PHONY: crashes
crashes: build ## Kill the worker 200 times and PostgreSQL 50 times in transfers of 50,000 documents
	HANDOVER_CRASHES=200 HANDOVER_DATABASE_CRASHES=50 HANDOVER_CRASH_DOCUMENTS=50000 go test ./internal/jobs -run Killed -v -timeout 180m

.PHONY: collisions
collisions: build ## Fire 500 mixed transfers over 50 customers at once, from two panels at two workers
	HANDOVER_COLLISIONS=500 go test ./internal/jobs ./cmd/handover -run "Collide|CollisionsOverHTTP" -v -timeout 60m

.PHONY: fuzz
fuzz: build ## Try every fuzz target for a minute
	scripts/fuzz.sh 60s

.PHONY: lint
lint: $(assets) ## Check style, layers, known vulnerabilities, and that generated files are current
	scripts/sizes.sh
	scripts/generated.sh
	scripts/notices.mjs --check
	scripts/deadcode.sh
	scripts/linter.sh
	bin/tools/golangci-lint run ./...
	scripts/vulncheck.sh

.PHONY: format
format: ## Format the Go files
	scripts/linter.sh
	bin/tools/golangci-lint fmt ./...

.PHONY: bench
bench: build ## Run the benchmarks
	go test -run '^$$' -bench . -benchmem ./...

.PHONY: client
client: $(assets) ## Make the client of the API's tests from the document that is served
	HANDOVER_WRITE_DOCUMENT=true go test ./web/api/clienttest -run Current
	cd web/api/clienttest && go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -package clienttest -generate types,client -o client.gen.go openapi-3.0.json

.PHONY: generate
generate: ## Make Go files from templates
	go tool templ generate -path views

.PHONY: assets
assets: $(assets) ## Build style sheets, scripts and icons

.PHONY: clean
clean: ## Remove what was built; the data in var stays
	rm -rf bin node_modules static/dist/*

.PHONY: postgres
postgres: $(modules)
	@scripts/postgres.sh

.PHONY: programs
programs:
	@scripts/programs.sh

.PHONY: chromium
chromium:
	@scripts/chromium.sh

$(assets): $(modules) static/build.mjs views/ui/icons.go $(shell find static/src -type f)
	npm run --silent build

$(modules): package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@
