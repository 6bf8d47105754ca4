SHELL := /bin/sh
# Two commands do all the set-up on a machine with Python 3.11+ and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint bench corpus fuzz conformance conformance-engines clean
.DEFAULT_GOAL := help

help:
	@echo "make demo   run the bundled Airbyte workflow on the embedded mock"
	@echo "make test   run every test"
	@echo "make lint   ruff and mypy"
	@echo "make bench  measure (benchmarks/README.md)"
	@echo "make corpus  try the published documents under ARAZZO_SHARED, write docs/corpus.md"
	@echo "make fuzz   look for inputs that break the engine, for MINUTES=3 (SEED=N repeats a search)"
	@echo "make conformance  run every installed engine through the conformance suite (conformance/README.md)"
	@echo "make conformance-engines  install the other engines"

$(VENV)/.run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 demo"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(VENV)/.run
	@$(BIN)/arazzo-run workflows/airbyte-application-token-bootstrap-workflow.yml --mock -i applicationName=demo --no-input

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -n auto

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

corpus: $(VENV)/.dev
	@$(BIN)/python -m benchmarks.corpus --output docs/corpus.md

MINUTES ?= 3
fuzz: $(VENV)/.dev
	$(BIN)/python -m fuzz --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

conformance: $(VENV)/.dev
	$(BIN)/python -m conformance run --jobs 2 --gate arazzo-run
	$(BIN)/python -m conformance report --format html --output conformance/results.html
	$(BIN)/python -m conformance report --format markdown --output conformance/RESULTS.md

conformance-engines: $(VENV)/.dev
	$(BIN)/python -m conformance install

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
