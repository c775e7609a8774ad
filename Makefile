# Everything is set up in .venv on first use; nothing outside this directory is changed.
#   make run ARGS="--app promise --symptom login"
#   make test ARGS="-k catalog"
#   make test ARGS="-n auto --ignore=tests/lab"    spread over the processors; the lab does so itself

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCKED := $(PIP) install --require-hashes --requirement
COMPILE := $(BIN)/uv pip compile --quiet --no-config --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --no-header \
	--group build pyproject.toml
ARGS ?=

.PHONY: help run test lint format types imports bench lab eol lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 16

run: .venv/run.done ## set up what is missing, then diagnose this machine
	@$(BIN)/diag run $(ARGS); code=$$?; \
	case $$code in 0|1|3) ;; *) exit $$code ;; esac  # a fault found, or not told, is a result

test: .venv/dev.done ## set up what is missing, then run the tests
	$(BIN)/python -m pytest $(ARGS)

lint: .venv/dev.done ## style
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: .venv/dev.done ## put the style right
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: .venv/dev.done ## mypy --strict
	$(BIN)/mypy

imports: .venv/dev.done ## who may import whom
	$(BIN)/lint-imports

bench: .venv/dev.done ## the budgets for speed, as ratios
	$(BIN)/python -m tests.bench $(ARGS)

lab: .venv/dev.done ## situations that are known to go wrong, played in network namespaces; Linux, root
	$(BIN)/python -m tests.lab $(ARGS)

eol: .venv/dev.done ## the table of support dates, from a CHECKOUT of endoflife.date's repository
	$(BIN)/python scripts/end_of_life.py $(CHECKOUT) > checks/os/end_of_life.new
	mv checks/os/end_of_life.new checks/os/end_of_life.json

lock: .venv/made ## choose the newest dependencies that fit, and write both lock files
	$(PIP) install --upgrade uv
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove everything that make made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/made:
	@python=$$(tools/find-python) && "$$python" -m venv --clear .venv
	@touch $@

# `pip install --editable` without its own build environment: the builder is in the lock too.
.venv/run.done: requirements.lock pyproject.toml .venv/made
	@echo "Setting up .venv (once) ..."
	@$(LOCKED) requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.done: requirements-dev.lock pyproject.toml .venv/made
	@echo "Setting up .venv for development (once) ..."
	@$(LOCKED) requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ .venv/run.done
