# Fresh machine: `make verify` shows that it works, `make test` runs the suite's own tests. Paths may hold spaces.
PYTHON ?= python3
BIN := .venv/bin
# Installed when the stamp is newer than the lock.
RUN_STAMP := .venv/.run
DEV_STAMP := .venv/.dev

.PHONY: install verify report test test-fast test-runs test-programs test-worlds test-served test-spark test-install lint bench soak foreign docs iam lock sbom audit lint-iam clean
.DELETE_ON_ERROR:

install: $(RUN_STAMP)  ## make .venv, with what a run needs

verify: $(RUN_STAMP)  ## verify a simulated patching; writes reports/verify.html
	$(BIN)/python -m pytest -m verify --aws simulated
	@echo "report: $(CURDIR)/reports/verify.html"

report: $(RUN_STAMP)  ## a sample report from each simulated world, in reports/samples/
	@mkdir -p reports/samples
	@$(BIN)/python -m pytest --world list | sed -n 's/^  //p' | while read -r world story; do \
	  code=0; $(BIN)/python -m pytest -m verify --aws simulated --world $$world --reports reports/samples/$$world \
	    < /dev/null > reports/samples/$$world.txt 2>&1 || code=$$?; \
	  case $$code in 0|1|10) echo "reports/samples/$$world/verify.html  $$story";; \
	    *) cat reports/samples/$$world.txt; exit $$code;; esac; done

# What reads the exports needs other versions of what the suite needs: an environment of its own.
FORMATS := build/formats
$(FORMATS)/.installed: requirements-formats.lock
	$(PYTHON) -m venv $(FORMATS)
	$(FORMATS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-formats.lock
	@touch $@

# Python keeps what it compiled, whatever the environment says: each new process would compile suite and tests again.
# worksteal leaves the tests of a file together, which share what they need; --durations names the ten slowest.
TESTS := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist worksteal -rs --durations=10

PROGRAMS := tests/browser tests/gate tests/http

# Hypothesis draws the same examples each time here, so that a gate does not depend on luck.
test: $(DEV_STAMP) $(FORMATS)/.installed  ## the suite's own tests, but for those of the targets below
	$(TESTS) --hypothesis-profile=ci tests $(PROGRAMS:%=--ignore=%) --ignore=tests/suite --ignore=tests/catalogue --ignore=tests/install --ignore=tests/served --ignore=tests/spark

test-runs: $(DEV_STAMP)  ## whole runs of pytest, as a user starts them, on the embedded AWS
	$(TESTS) --hypothesis-profile=ci tests/suite

test-programs: $(DEV_STAMP)  ## with other programs: a browser, the AWS CLI and a served AWS, a pipeline's shell
	$(TESTS) --hypothesis-profile=ci $(PROGRAMS)

test-worlds: $(DEV_STAMP)  ## a whole run of each world, the same judged without its defect, and runs under the policies in iam/
	$(TESTS) tests/catalogue

WORLDS ?= a_green_world
test-served: $(DEV_STAMP)  ## each green world over HTTP; WORLDS="a_red_world" or WORLDS="hooks or alarm" selects others
	$(TESTS) tests/served -k '$(WORLDS)'

test-fast: $(DEV_STAMP)  ## only the unit and contract tests: no properties, and nothing that starts a process, a server or an AWS
	$(TESTS) -m 'not hypothesis and not external' tests/contract tests/evidence tests/policy tests/report tests/run tests/translation tests/verdict

# Spark in an environment of its own: it takes as much room as all others together.
SPARK := build/spark
$(SPARK)/.installed: requirements-spark.lock
	$(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	@touch $@

ROWS ?= 40000
test-spark: $(SPARK)/.installed  ## DuckDB against a Spark cluster of two workers, in each world and on generated rows; needs Java; ROWS=10000000
	@java -version 2> /dev/null || "$$JAVA_HOME/bin/java" -version 2> /dev/null || \
	  { echo "Install Java 17 or newer (on Debian: apt-get install default-jre-headless), and run make test-spark again."; exit 1; }
	POSTPATCH_SPARK_ROWS=$(ROWS) $(SPARK)/bin/python -m pytest tests/spark -p no:cacheprovider --durations=10

test-install: $(DEV_STAMP)  ## what is installed: the wheel, other Pythons, and other projects beside it
	$(BIN)/python -m pytest tests/install -n 2 --dist loadfile -rs

lint: $(DEV_STAMP)  ## style, types, the layers, and the pipelines
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows ci/github/patch-round.yml ci/github/fleet.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci ci/gitlab/.gitlab-ci.yml
	$(BIN)/zizmor --offline --no-progress --quiet --min-severity medium action.yml ci/github/patch-round.yml ci/github/fleet.yml

bench: $(RUN_STAMP)  ## what must stay fast, as ratios
	PYTHONPATH=. $(BIN)/python bench/compare.py
	PYTHONPATH=. $(BIN)/python bench/report.py
	PYTHONPATH=. $(BIN)/python bench/fleet.py
	PYTHONPATH=. $(BIN)/python bench/fleet.py --delay 0.2 100
	PYTHONPATH=. $(BIN)/python bench/stored.py

SOAK ?= --minutes 2
soak: $(DEV_STAMP)  ## break runs and requests on purpose, on loopback; SOAK="--minutes 120 --requests 1000000 --seed 7"
	PYTHONPATH=. $(BIN)/python -m bench.soak $(SOAK)

# Node.js is not asked of anybody who only wants the tests; both halves fetch what they run into build/foreign.
foreign: $(DEV_STAMP)  ## clients that know nothing of this project, against the simulated AWS; needs Node.js and the network
	@command -v node > /dev/null && command -v npm > /dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || \
	  { echo "Install Node.js 20 or newer with npm (on Debian: apt-get install nodejs npm), and run make foreign again."; exit 1; }
	$(BIN)/python -m foreign.javascript_sdk
	$(BIN)/python -m foreign.moto_tests
	PYTHONPATH=. $(BIN)/python bench/memory.py

# In an environment of its own, like what reads the exports.
SITE := build/docs
$(SITE)/.installed: requirements-docs.lock
	$(PYTHON) -m venv $(SITE)
	$(SITE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-docs.lock
	@touch $@

docs: $(DEV_STAMP) $(SITE)/.installed  ## renew the pages in docs/ that are written from the code, and build them as a site
	$(BIN)/python -m postpatch.simulator.coverage_page
	$(BIN)/python -m postpatch.report.schema
	$(BIN)/python -m postpatch.report.checks_page
	$(BIN)/python -m postpatch.policy.reference
	$(SITE)/bin/python -m mkdocs build --quiet
	@echo "site: $(CURDIR)/build/site/index.html"

iam: $(DEV_STAMP)  ## renew the policies in iam/ from the calls of rehearsals, and the roles of a fleet from them
	$(BIN)/python -m iam.generate
	$(BIN)/python -m iam.fleet_roles
	$(BIN)/python -m iam.after_window

COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

lock:  ## renew the lock files; needs uv on the PATH
	$(COMPILE) -o requirements-live.lock
	$(COMPILE) --extra simulated --group build -o requirements.lock
	$(COMPILE) --extra simulated --extra sign --extra dev --group build -o requirements-dev.lock
	$(COMPILE) --extra simulated --extra spark --group spark -o requirements-spark.lock
	$(subst pyproject.toml,,$(COMPILE)) --group release -o requirements-release.lock
	$(subst pyproject.toml,,$(COMPILE)) --group formats -o requirements-formats.lock
	$(subst pyproject.toml,,$(COMPILE)) --group docs -o requirements-docs.lock

# In an environment of its own: what is audited does not hold the auditor.
RELEASE := build/release/bin
$(RELEASE)/.installed: requirements-release.lock
	$(PYTHON) -m venv build/release
	$(RELEASE)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-release.lock
	@touch $@

sbom: $(RELEASE)/.installed  ## what a live run installs, as CycloneDX 1.6 in build/postpatch.cdx.json
	$(RELEASE)/python -W ignore -m cyclonedx_py requirements requirements-live.lock --pyproject pyproject.toml --mc-type application \
	  --spec-version 1.6 --output-format JSON --output-reproducible --output-file build/postpatch.cdx.json

lint-iam: $(RELEASE)/.installed  ## compare the policies in iam/ with the Service Authorization Reference
	$(RELEASE)/python -W ignore -m iam.lint

audit: $(RELEASE)/.installed  ## ask the Python Packaging Advisory Database about every locked package; needs the network
	@for lock in requirements-live.lock requirements.lock requirements-dev.lock; do echo "$$lock:"; \
	  $(RELEASE)/pip-audit --strict --require-hashes --disable-pip -r $$lock || exit; done

clean:  ## remove the environment and what runs wrote
	rm -rf .venv build reports/evidence reports/verify.* reports/summary.md reports/delta.csv reports/manifest.json reports/samples reports/.run-*

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

# The clone itself is installed last, in place: pytest finds its plugin, and the shell its command `postpatch`.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
THIS := $(INSTALL) --no-deps --no-index --no-build-isolation --editable .

$(RUN_STAMP): requirements.lock pyproject.toml | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements.lock
	$(THIS)
	@touch $@

$(DEV_STAMP): requirements-dev.lock pyproject.toml | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements-dev.lock
	$(THIS)
	@touch $(RUN_STAMP) $@
