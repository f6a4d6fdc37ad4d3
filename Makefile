# Fresh machine: `make verify` shows it work, `make test` runs the suite's own tests. Paths may hold spaces.
PYTHON ?= python3
BIN := .venv/bin
# Installed when the stamp is newer than the lock.
RUN_STAMP := .venv/.run
DEV_STAMP := .venv/.dev

.PHONY: verify test lint bench docs lock clean
.DELETE_ON_ERROR:

verify: $(RUN_STAMP)  ## prove the simulated patch round; leaves reports/verify.html
	$(BIN)/python -m pytest -m verify --aws simulated
	@echo "report: $(CURDIR)/reports/verify.html"

test: $(DEV_STAMP)  ## the suite's own tests
	$(BIN)/python -m pytest tests -n 2 -rs

lint: $(DEV_STAMP)  ## style, types, and the walls between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(RUN_STAMP)  ## what must stay quick, as ratios
	PYTHONPATH=. $(BIN)/python bench/compare.py

docs: $(DEV_STAMP)  ## renew docs/simulator.md from the code
	$(BIN)/python -m postpatch.simulator.coverage_page

lock:  ## renew both lock files; needs uv on the PATH
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" -o requirements-dev.lock

clean:  ## remove the environment and what runs left
	rm -rf .venv reports/evidence reports/verify.* reports/.run-*

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	cp fixtures/startup.pth "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/postpatch.pth"

$(RUN_STAMP): requirements.lock | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(DEV_STAMP): requirements-dev.lock | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $(RUN_STAMP) $@
