# make demo    a class of sample students, graded through nbgrader
# make check   lint, types and the quick tests: what to run while working
# make test    lint, types and all tests
# make oldest  the quick tests with the oldest versions that pyproject.toml allows
# make docs    the documentation site: build/site/index.html
# make clean   remove what these made, the environment too

PYTHON ?= $(shell for python in python3.11 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
STAMP := $(VENV)/.installed

# Tensors are tiny: threads would cost more than they bring.
export OMP_NUM_THREADS := 1

# Two at a time, since tests wait for workers and kernels. A file's tests stay in one process and in
# order: what one file grades once, its tests share. tests/conftest.py says which files begin.
PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

.PHONY: demo check test lint oldest docs clean

demo: $(STAMP)
	$(BIN)/python examples/demo.py

check: lint
	$(PYTEST) -m "not slow"

test: lint
	$(PYTEST)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# A warning (a broken link, a page that the navigation lacks) is an error.
docs: $(STAMP)
	@$(INSTALL) --editable ".[docs]"
	$(BIN)/python docs/reference.py
	$(BIN)/python -m sphinx -W --keep-going --quiet docs build/site

# In an environment of its own; the versions follow from pyproject.toml, as a test holds them to.
oldest:
	@test -x .venv-oldest/bin/python || $(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet -c constraints-oldest.txt --editable ".[nbgrader,dev]"
	.venv-oldest/bin/python -m pytest -m "not slow"

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/it" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (a few minutes the first time)"
	@$(INSTALL) torch==2.13.0  # alone and first, spelled so: the builds for GPUs take gigabytes
	@$(INSTALL) --editable ".[nbgrader,dev]"
	@touch $@

clean:
	rm -rf $(VENV) .venv-oldest course build dist *.egg-info .hypothesis .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
