# Every target makes or refreshes the environment in .venv first; nothing outside this folder changes.

SHELL := /bin/sh
.DEFAULT_GOAL := run
.PHONY: run test torture soak check bench eval screenshots audit sbom fmt clean

LOCK := deploy/requirements-dev.txt
BIN := .venv/bin
PORT ?= 8017
# Hundreds of processes are started by tests: each would compile every module again.
export PYTHONDONTWRITEBYTECODE :=
# One more than there are cores: many tests wait, for a browser, a poll or a server that comes back.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
# The lock names every package, so nothing is resolved: with dependencies on, the pip of Python 3.11
# asks for the newest release of a package with an extra and refuses it, since the lock has another.
PINNED := -m pip install -qq --disable-pip-version-check --no-deps --require-hashes
# The oldest supported Python first: it is the one the tests were run with.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

run: .venv/ready ## the sample, from feed item to alert
	@exec $(BIN)/tracker up --sample --data .data/sample --port $(PORT)

test: .venv/ready ## every test, with coverage, on all cores; PG=15 on Debian's PostgreSQL 15
	@$(if $(PG),TRACKER_TEST_POSTGRESQL=$(PG) )$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --cov --cov-report=term $(ARGS)

torture: .venv/ready ## a hundred rounds of killing PostgreSQL, the tracker and its writers
	@TRACKER_TEST_ROUNDS=$${TRACKER_TEST_ROUNDS:-100} $(BIN)/python -m pytest -m kill -s $(ARGS)

soak: .venv/ready ## an hour at half of what this machine can do; ARGS="--minutes 5" for less
	@$(BIN)/python -m tests.soak $(ARGS)

check: .venv/ready ## what a reviewer need not look for
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/house

bench: .venv/bench ## speeds of this machine beside a peer's; AREA=log chooses
	@$(BIN)/python -m tests.bench $(AREA)

eval: .venv/ready ## how well the extractors read, printed
	@$(BIN)/python -m tests.eval

screenshots: .venv/ready ## every page on the sample, into docs/screenshots
	@$(BIN)/python -m tests.screens

audit: .venv/audit ## known vulnerabilities of what is locked, as the package index tells them
	@.venv/audit/bin/pip-audit --strict --no-deps --disable-pip -r deploy/requirements.txt
	@.venv/audit/bin/pip-audit --strict --no-deps --disable-pip -r $(LOCK)

sbom: .venv/audit ## dist/sbom.json: what an installation holds (CycloneDX)
	@mkdir -p dist
	@rm -rf dist/installed && $(BIN)/python -m venv dist/installed
	@dist/installed/bin/python $(PINNED) -r deploy/requirements.txt
	@.venv/audit/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application \
		--output-reproducible --of JSON -o dist/sbom.json dist/installed/bin/python
	@rm -rf dist/installed
	@echo "dist/sbom.json"

fmt: .venv/ready
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean: ## what can be made again; the data folder .data stays
	rm -rf .venv dist .coverage .coverage.* .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/ready: $(LOCK) pyproject.toml
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or newer was not found; install it, or name it with PYTHON=/path/to/python3." >&2; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) cannot make environments; on Debian: apt-get install python3-venv." >&2; \
		exit 1; }
	@echo "Making the environment in .venv with $(PYTHON); this takes about a minute."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python $(PINNED) -r $(LOCK)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# The peers that the benchmarks measure beside us; nothing else needs them.
.venv/bench: .venv/ready deploy/requirements-bench.txt
	@$(BIN)/python $(PINNED) -r deploy/requirements-bench.txt
	@touch $@

# Auditors stand outside what they look over.
.venv/audit: .venv/ready deploy/requirements-audit.txt
	@$(BIN)/python -m venv $@
	@$@/bin/python $(PINNED) -r deploy/requirements-audit.txt
	@touch $@
