# The two commands that do everything: `make demo` and `make test`. `make help` lists the others.
SHELL := /bin/bash
export SWIFT ?= swift
CHECKED := --explicit-target-dependency-import-check error
PREFIX ?= /usr/local
REFERENCE = $(or $(STEWARD_REFERENCE),$(CURDIR)/.venv-reference)
# Tests that run at a time: without a limit all begin at once, each with its connections and programs.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 16

.PHONY: help demo test test-fast test-deep check lint build fix bench install setup

help: ## List the commands.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## Install the C libraries that are missing.
	@scripts/setup

demo: setup ## Simulate a night and run the whole main job on it through the binary.
	programs="$$(scripts/release . steward steward-demo)" && scripts/demo "$$programs/steward"

test: ## Run every test, those against the reference and on PostgreSQL included (installs both when missing).
	@scripts/setup --reference
	$(SWIFT) build $(CHECKED) --build-tests
	STEWARD_REFERENCE="$(REFERENCE)" $(SWIFT) test --skip-build
	STEWARD_REFERENCE="$(REFERENCE)" STEWARD_TEST_DATABASE=postgresql $(SWIFT) test --skip-build \
		--filter 'RegistryTests|QueryExecutionTests|StewardTests|ReferenceCataloguesTests' \
		--filter 'InstrumentsTests.(BadRaw|GoldenIngest|GoldenVisitsRepository|IngestInterop|PhysicalDetector|RawIngest|Registration|Visit)' \
		--filter 'StewardCLITests.(BadInput|CheckRepo|Compatibility|DataIDAlias|HostileName|Listing|ReadOnly|ReferenceCatalogue)' \
		--filter 'StewardCLITests.(SkyMapCommand|Transfer|TwinCam|TwoInstruments)'

test-fast: setup ## Run the tests that need nothing but Swift and the C libraries.
	STEWARD_REFERENCE= $(SWIFT) test $(CHECKED)

test-deep: ## Thousands of random queries, 8 programs x 200 operations, faults at every point (STEWARD_QUERY_SEED=n).
	@scripts/setup --reference
	$(SWIFT) build $(CHECKED) --build-tests
	STEWARD_REFERENCE="$(REFERENCE)" STEWARD_QUERY_COUNT=$${STEWARD_QUERY_COUNT:-500} \
	    $(SWIFT) test --skip-build --filter StewardTests.DifferentialTests
	STEWARD_WRITER_OPERATIONS=200 $(SWIFT) test --skip-build --filter StewardTests.ManyProcessesTests
	STEWARD_FAULT_POINTS=0 $(SWIFT) test --skip-build --filter 'StewardCLITests.(KillTests|FullDiskTests)'
	STEWARD_TEST_DATABASE=postgresql $(SWIFT) test --skip-build --filter 'StewardCLITests.RawCrashTests'

lint: ## Check the format strictly.
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

build: ## Build everything; warnings and undeclared imports are errors.
	$(SWIFT) build $(CHECKED)

check: lint build test ## What must pass before a commit.

fix: ## Format the sources.
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

bench: ## Time Steward and the reference on the same work; writes Benchmarks/RESULTS.md.
	@scripts/setup --reference
	STEWARD_REFERENCE="$(REFERENCE)" Benchmarks/run

install: setup ## Install the command below PREFIX (default /usr/local).
	programs="$$(scripts/release . steward)" && scripts/install "$$programs" "$(PREFIX)"
