# Two commands do everything on a fresh machine with Python 3.11 or newer: make demo, make test.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench chances release clean

demo: .venv/.demo-ready
	$(BIN)/monitor demo demo

test: check
	$(BIN)/pytest --numprocesses auto --dist loadfile

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

# make chances FIT=0-19 REPORT=100-119 SET="--set links.transitions.missed=0.2,0.4": fit on some seeds, report on others.
FIT ?= 0-19
REPORT ?= 100-119
chances: .venv/.test-ready
	$(BIN)/python -m tests.benchmarks.fit_and_report all --fit $(FIT) --report $(REPORT) $(SET)

# make release: wheel, source archive, list of what a plain install brings (SBOM, CycloneDX) and checksums in dist/.
release: .venv/.release-ready
	rm -rf dist build/plain
	$(BIN)/python -m build --outdir dist .
	$(PYTHON) -m venv build/plain
	build/plain/bin/pip install --quiet --no-compile dist/*.whl
	$(BIN)/cyclonedx-py environment build/plain/bin/python --pyproject pyproject.toml --output-file dist/sbom.json
	cd dist && sha256sum * > SHA256SUMS

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

.venv/.release-ready: .venv/bin/python pyproject.toml
	$(BIN)/pip install --quiet --group release
	@touch $@

clean:
	rm -rf .venv build demo dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
