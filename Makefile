# `make demo` shows the main job; `make check` is the fast loop; `make test` passes all tests. All need only
# Python 3.11+, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# All cores; a worker that has nothing left takes over half of what another has before it.
PYTEST ?= --numprocesses auto --dist worksteal
# Tests start Python by the hundred: what it imports is compiled once.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo check test lint generate bench wheel clean
.DELETE_ON_ERROR:

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: $(VENV)/.installed
	$(BIN)/python examples/demo.py

# What a change is tried with: no program beyond Python and git, no TensorFlow, a part of the generated examples.
check: $(VENV)/.installed lint
	$(BIN)/python -m pytest $(PYTEST) --hypothesis-profile check -m "not real and not tensorflow"

test: $(VENV)/.installed lint
	$(BIN)/python -m pytest $(PYTEST)

lint: $(VENV)/.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir .mypy_cache/imports

# What is derived from the sources: schema, reference pages, actions, orb. A test fails when it is stale.
generate: $(VENV)/.installed
	$(BIN)/python -m mlci.derive

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks

wheel: $(VENV)/.installed
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) .demo dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
