# What people of the house do. Works on a bare Debian 12 with make and Python 3.11 or newer.
#   make run     the program with its demo office        make test    everything that CI checks
#   make build   the one-folder program in dist/         make lock    new versions into the locks
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# hundreds of processes are started: each would compile the program anew
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
DEMO := demo-out
BUILT := dist/lao-counter/lao-counter

# python3.11 where it runs, else a python3 that is new enough, else the name that apt will install
PYTHON := $(shell for p in python3.11 python3 /usr/bin/python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; exit; }; done; \
	echo /usr/bin/python3)
SOURCES = $(shell find app ui sync printing resources build_support -type f -not -name '*.pyc')

.PHONY: help setup run test source-check build build-check lock clean

help:
	@sed -n '2,3s/^# *//p' Makefile

setup: $(VENV)/.installed

$(VENV)/.system: build_support/debian_packages.sh
	@build_support/debian_packages.sh $(PYTHON)
	@mkdir -p $(VENV)
	@touch $@

$(BIN)/python: | $(VENV)/.system
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements-dev.lock pyproject.toml $(VENV)/.system | $(BIN)/python
	@echo "Installing the locked packages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(BIN)/lao-counter run --demo; \
	else \
		echo "No screen here: the demo office does its work without one."; \
		rm -rf $(DEMO) && mkdir $(DEMO) && $(BIN)/lao-counter demo --out $(DEMO) --json >$(DEMO)/result.json && \
		$(BIN)/python build_support/tell_demo.py $(DEMO)/result.json; \
	fi

# pytest comes last: its own summary is the last line
test: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --jobs 2 --output-sync source-check build-check
	$(BIN)/python -m pytest --numprocesses 2

source-check: setup
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/lao-counter services check

build: $(BUILT)

$(BUILT): build.spec $(VENV)/.installed $(SOURCES)
	$(BIN)/pyinstaller --noconfirm --log-level ERROR --distpath dist --workpath build/pyinstaller build.spec
	@touch $@

build-check: $(BUILT)
	$(BIN)/python build_support/check_built_program.py $(BUILT)

# the runtime lock holds the same versions as the developers'
COMPILE = $(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

lock: setup
	$(COMPILE) --upgrade --all-extras -o requirements-dev.lock
	$(COMPILE) --upgrade --extra server --extra card --extra sms --extra printer -c requirements-dev.lock -o requirements.lock

clean:
	rm -rf $(VENV) build dist $(DEMO) *.egg-info .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find app ui sync printing resources tests build_support -name __pycache__ -type d -prune -exec rm -rf {} +
