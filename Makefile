# wangge 网格. `make` alone lists what there is.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# The address of `make demo` and `make serve`, and the file that they serve.
BIND ?= 127.0.0.1:8080
FILE ?= data/wangge.gpkg
# Where the built programs lie; the tests use the dev profile only, so everything is compiled once.
TARGET := $(or $(CARGO_TARGET_DIR),target)
WANGGE := $(TARGET)/release/wangge
# The Python with Shapely, where tools/test-tools has made one.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

say = @printf '\033[1m== %s\033[0m\n' "$(1)"

.PHONY: help demo serve prerequisites build web test test-tools test-web test-rust test-e2e lint bench bench-http soak openapi shots notices clean-demo

help: ## list the targets
	@echo 'wangge 网格: make TARGET [BIND=127.0.0.1:8080] [FILE=data/wangge.gpkg]'
	@grep -hE '^[a-z][a-z0-9-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14 | sed 's/^/  /'

demo: build $(FILE) ## build everything, make the demo city when it is missing, serve it
	$(call say,serving $(FILE); stop with Ctrl-C)
	@exec $(WANGGE) serve $(FILE) --bind $(BIND)

serve: build ## build and serve FILE
	$(call say,serving $(FILE); stop with Ctrl-C)
	@exec $(WANGGE) serve $(FILE) --bind $(BIND)

prerequisites:
	@tools/prerequisites

build: prerequisites web ## build the program with the page inside, optimised
	$(call say,compiling the program (about 11 minutes on 2 cores the first time, then seconds))
	@cargo build --release --locked

$(FILE): | build
	$(call say,drawing the demo city into $@ (about 20 seconds))
	@mkdir -p $(@D) && $(WANGGE) demo $@

# The page is built again only when something that it is made of is newer.
PAGE := $(shell find web/src web/public tiles/styles -type f 2>/dev/null) $(wildcard web/*.json web/*.ts web/*.html)

web: web/dist/index.html ## build the page into web/dist

web/dist/index.html: $(PAGE) web/node_modules/.package-lock.json
	$(call say,building the page)
	@cd web && npm run --silent build && touch dist/index.html

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	$(call say,fetching the page's packages (npm ci))
	@cd web && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json

test: test-tools test-web test-rust test-e2e ## install what the tests need, then run all of them

test-tools: prerequisites
	$(call say,looking for what the tests need beside Rust and Node)
	@tools/test-tools

test-web: web
	$(call say,checking the types of the page and running its unit tests)
	@cd web && npm run --silent check && npm test --silent

test-rust: web
	$(call say,compiling and running the tests of the program (dev profile))
	@cargo test --locked --no-fail-fast

test-e2e: web
	$(call say,using the page in a browser)
	@cargo test --locked --no-run --test it
	@tests/e2e/run

lint: web ## rustfmt, clippy with warnings as errors, the page's linter
	$(call say,rustfmt)
	@cargo fmt --all -- --check
	$(call say,clippy)
	@cargo clippy --locked --all-targets -- -D warnings
	$(call say,biome)
	@cd web && npm run --silent lint
	$(call say,third-party notices)
	@tools/third-party.mjs --check

bench: ## measure the index against rstar + geo, and print the figures
	$(call say,measuring (release profile))
	@cargo bench --locked --bench lookup

bench-http: ## measure the server beside a plain axum hello with wrk, and print the ratios
	$(call say,measuring (release profile))
	@cargo bench --locked --bench serve

soak: test-tools ## ten million points against oracles, the demo's drawings at every zoom, a million operations (an hour)
	$(call say,ten million points)
	@WANGGE_SOAK=1 cargo test --locked --release --test it owner:: -- --nocapture --test-threads 2
	$(call say,the demo's drawings at zooms 4 to 16)
	@WANGGE_SOAK=1 cargo test --locked --release --test it drawings:: -- --nocapture --test-threads 2
	$(call say,a million operations in random sequences)
	@WANGGE_SOAK=1 cargo test --locked --release --test it edit:: -- --nocapture --test-threads 2
	$(call say,200 servers killed while they publish)
	@WANGGE_SOAK=1 cargo test --locked --release --test it drafts::killed -- --nocapture
	$(call say,500 servers killed while reports come in; 2000 images of a lost power; 1000 publications under open reports)
	@WANGGE_SOAK=1 cargo test --locked --release --test it reports:: -- --nocapture
	$(call say,the demo city from GeoPackage to PostGIS and back: tiles and a million points)
	@WANGGE_SOAK=1 cargo test --locked --release --test it store_copy:: -- --nocapture
	$(call say,a province of 450000 grids: stored; indexed; served with its arcs in a file)
	@WANGGE_SOAK=1 cargo test --locked --release --test it province:: -- --nocapture

openapi: web/node_modules/.package-lock.json ## write openapi.json and the page's types from the program
	$(call say,writing openapi.json and web/src/api/schema.ts)
	@WANGGE_BLESS=1 cargo test --locked --test it openapi
	@cd web && npm run --silent api

shots: web ## take the screenshots of docs/ in a browser
	$(call say,taking screenshots)
	@cargo test --locked --no-run --test it
	@tests/e2e/run shots

notices: web/node_modules/.package-lock.json ## write THIRD-PARTY.md from what is embedded
	@tools/third-party.mjs

clean-demo: ## remove the demo city, so that the next `make demo` draws it again
	rm -f $(FILE) $(FILE)-wal $(FILE)-shm
