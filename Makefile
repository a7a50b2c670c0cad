# Every verb of the platform. `make` alone says which.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run dev check test test-fast bench bench-scanner schema clean

help: ## Show the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/ready ## Take every source in, gate it, publish it, measure it (demo profile, no network)
	@$(BIN)/ardoise run

dev: $(VENV)/ready ## Open the Dagster UI, its history kept in the data folder
	@$(BIN)/ardoise dev

check: $(VENV)/ready-dev ## Format, lint, types, layers, definitions load
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@DAGSTER_DISABLE_TELEMETRY=1 $(BIN)/dagster definitions validate -w workspace.yaml --log-level warning

test: $(VENV)/ready-dev ## Prove it, browser and processes included
	@sh deploy/debian.sh chromium default-jre-headless openssh-server openssl poppler-utils postgresql fonts-noto-core
	@$(BIN)/python -m pytest -q -n auto --dist loadfile

test-fast: $(VENV)/ready-dev ## Prove what needs no browser and no second process, in under a minute
	@$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not slow"

bench: $(VENV)/ready ## Measure the whole chain, first run and second, medians of three
	@$(BIN)/python bench/chain.py

bench-scanner: $(VENV)/ready ## Measure what the scanner of personal data finds, and what it takes for what
	@$(BIN)/python bench/scanner.py

schema: $(VENV)/ready ## Write the JSON Schema of the contract again
	@$(BIN)/python -m checks.schema

clean: ## Remove the data folder and the caches; the sources will be taken in again
	@rm -rf data .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/ready: requirements.lock pyproject.toml deploy/venv.sh
	@sh deploy/venv.sh $(PYTHON) $(VENV) requirements.lock
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock pyproject.toml deploy/venv.sh
	@sh deploy/venv.sh $(PYTHON) $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/ready
