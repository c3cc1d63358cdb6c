# Two commands do everything on a fresh machine with Python 3.11 or newer: make demo, make test.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench clean

demo: .venv/.demo-ready
	$(BIN)/monitor demo demo

test: check
	$(BIN)/pytest

check: .venv/.test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.test-ready .venv/.bench-ready
	$(BIN)/pytest tests/benchmarks/test_pull.py -s --override-ini addopts='-q --strict-markers --disable-socket --allow-unix-socket'
	$(BIN)/python -m tests.benchmarks.ais
	$(BIN)/python -m tests.benchmarks.air_filter
	$(BIN)/python -m tests.benchmarks.detect_speed aoi tile
	$(BIN)/python -m tests.benchmarks.correlate_year

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; give one with make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip

.venv/.demo-ready: .venv/bin/python pyproject.toml
	$(BIN)/pip install --quiet --editable .
	@touch $@

.venv/.test-ready: .venv/bin/python pyproject.toml
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@ .venv/.demo-ready

.venv/.bench-ready: .venv/bin/python pyproject.toml
	$(BIN)/pip install --quiet --editable '.[bench]'
	@touch $@

clean:
	rm -rf .venv demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
