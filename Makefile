# From raw CRF data to the submission: make sdtm adam tlf [STUDY=<a folder of specs/>]
#
#   make check      the spec alone, before any data is opened
#   make sdtm       raw CRF data to SDTM
#   make adam       SDTM to ADaM
#   make tlf        ADaM to tables, listings and figures
#   make define     define.xml, define.html, annotated CRF
#   make qc         checks of what was written
#   make core       how to have the SDTM checked by CDISC CORE as well
#   make package    the eCTD module 5 folder
#   make raw        the raw data of a synthetic study (fulpyr, pyrws)
#   make test       all checks of the program itself
#   make bench      speed, against the targets
#   make lock       the lock files anew, after a change of dependencies in pyproject.toml (needs uv)
#   make clean      remove what was built of STUDY
#
# Each target first brings what it needs up to date. STUDY= names the study, RAW= the folder of its raw extract where it
# is not the study's own, JOBS= the steps to run side by side, PYTHON= the Python to make .venv with. SUBJECTS= and SEED=
# change the raw data of a synthetic study.

STUDY ?= fulpyr
RAW ?=
SUBJECTS ?=
SEED ?=
JOBS ?=
PYTHON ?=

SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := tlf

RUN := .venv/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check install -qq --require-hashes --requirement
OPTIONS := $(if $(RAW),--raw '$(RAW)') $(if $(JOBS),--jobs '$(JOBS)')

# One thread for each linear algebra library: sums must not depend on the number of processors, and the steps already
# run side by side.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

# A study with a synthetic.yaml is simulated.
SYNTHETIC := $(wildcard specs/$(STUDY)/synthetic.yaml)

# make takes the bare word for the start of a definition.
DEFINE := define

.PHONY: check sdtm adam tlf $(DEFINE) qc core package raw test bench lock clean

check: .venv/.runtime
	$(RUN) -m crf2tlf.spec check '$(STUDY)'

# The raw data of a synthetic study are made first, unless RAW= names others.
sdtm: check $(if $(RAW),,$(if $(SYNTHETIC),raw))
	$(RUN) -m sdtm '$(STUDY)' $(OPTIONS)

adam: sdtm
	$(RUN) -m adam '$(STUDY)' $(OPTIONS)

tlf: adam
	$(RUN) -m tlf '$(STUDY)' $(OPTIONS)

$(DEFINE): tlf
	$(RUN) -m define '$(STUDY)' $(OPTIONS)

qc: $(DEFINE) .venv/.qc
	$(RUN) -m qc '$(STUDY)' $(OPTIONS)

# CORE needs another pandas and rules that it does not bring: it has an environment of its own.
core:
	@cat docs/core.md

package: qc
	$(RUN) -m submission '$(STUDY)' $(OPTIONS)

raw: $(if $(SYNTHETIC),.venv/.runtime)
ifneq ($(SYNTHETIC),)
	$(RUN) -m synthetic '$(STUDY)' $(if $(SUBJECTS),--subjects '$(SUBJECTS)') $(if $(SEED),--seed '$(SEED)')
else ifeq ($(STUDY),cdiscpilot01)
	@echo "cdiscpilot01 is public data: there is nothing to make. Its extract is read from the folder that"
	@echo "specs/cdiscpilot01/study.yaml names under raw.folder, or from RAW=<folder>."
else
	@echo "The raw data of $(STUDY) are not made here: name the folder of the extract with RAW=<folder>." >&2; exit 2
endif

# All five run, whatever the ones before say: one look tells everything.
test: .venv/.dev
	@failed=''; \
	for check in 'ruff check .' 'ruff format --check .' 'mypy' 'lint-imports --no-logo' 'python -m pytest -n 2'; do \
	    echo "$$check"; \
	    .venv/bin/$$check || failed="$$failed; $$check"; \
	done; \
	if [ -n "$$failed" ]; then echo "failed: $${failed#; }" >&2; exit 1; fi

bench: .venv/.dev
	@set -e; for script in bench/*.py; do echo "$$script"; PYTHONPATH=. $(RUN) "$$script"; done

# Nothing of the project itself is installed: `python -m` from this folder finds the packages, see
# docs/decisions/0003-build-engine.md. One environment grows: a stage never waits for libraries it does not use. The
# three stand in a row so that `make -j` runs one pip at a time.

.venv/.runtime: requirements.lock .venv/.made
	@echo "installing the libraries of the stages into .venv"
	@$(PIP) requirements.lock
	@touch $@

.venv/.qc: requirements-qc.lock .venv/.runtime
	@echo "installing the libraries of qc into .venv"
	@$(PIP) requirements-qc.lock
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.qc
	@echo "installing the libraries of the tests into .venv"
	@$(PIP) requirements-dev.lock
	@touch $@

# A Python counts when it runs and has the right version: a name on the path may be an empty promise (pyenv).
.venv/.made:
	@right='import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'; \
	python=''; \
	for name in $(or $(PYTHON),python3 python3.13 python3.12 python3.14 python3.11 python); do \
	    if "$$name" -c "$$right" >/dev/null 2>&1; then python="$$name"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "crf2tlf needs Python 3.11, 3.12, 3.13 or 3.14; found $$($(or $(PYTHON),python3) --version 2>&1 | head -n 1)." >&2; \
	    echo "Install one of them, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	    echo "$$python cannot make virtual environments: its module ensurepip or venv is missing." >&2; \
	    echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	fi; \
	echo "making .venv with $$("$$python" --version)"; \
	rm -rf .venv && "$$python" -m venv .venv && touch $@

UV_COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

lock:
	$(UV_COMPILE) pyproject.toml --output-file requirements.lock
	$(UV_COMPILE) pyproject.toml --extra qc --constraints requirements.lock --output-file requirements-qc.lock
	$(UV_COMPILE) pyproject.toml --extra dev --constraints requirements-qc.lock --output-file requirements-dev.lock

clean:
	rm -rf 'build/$(STUDY)'
