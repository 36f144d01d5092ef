# Everything below sets itself up: a virtual environment, the pinned packages, then the job.
# Needs Python 3.11 or newer and make; `make PYTHON=/some/python3.12 test` picks another one.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
TRIALS := $(VENV)/ready-for-trials
PROCESSORS := $(shell getconf _NPROCESSORS_ONLN)
# One worker more than there are processors: tests of terminals and servers wait now and then.
WORKERS := $(shell echo $$(( $(PROCESSORS) + 1 )))
# Bytecode is made of what is imported, when it first is: most modules of the packages never are.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt

# Without its bytecode kept, every process would compile all of patchjury anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check contracts types trials mutants format precision bench sample clean
.DELETE_ON_ERROR:

demo: $(READY)  ## open the app on the sample runs
	$(BIN)/patchjury demo

test: $(READY)  ## run the tests
	$(BIN)/pytest -n $(WORKERS)

check: $(READY)  ## format, lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory --keep-going --jobs=3 types contracts test

contracts: $(READY)
	$(BIN)/lint-imports

types: $(READY)
	$(BIN)/mypy
	MYPYPATH=sample_runs $(BIN)/mypy sample_runs/build.py

trials: $(TRIALS)  ## what is long by nature: kills, writers, faulty files, simulations, mutants, the suite ten times
	$(BIN)/pytest tests/trials/test_simulations.py -n $(PROCESSORS) --timeout=7200
	$(BIN)/pytest tests/trials --ignore tests/trials/test_simulations.py -p no:xdist --timeout=7200
	$(BIN)/python -m tests.mutants --each 20

mutants: $(TRIALS)  ## change the decision logic in small ways and see which changes the tests survive
	$(BIN)/python -m tests.mutants

format: $(READY)  ## put every file into the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

precision: $(READY)  ## how often each certain rule is wrong (PATCHJURY_BENCH_REPO: a vLLM clone)
	$(BIN)/python -m benchmarks.precision --write

bench: $(READY)  ## print the benchmark table
	$(BIN)/python -m benchmarks

sample: $(READY)  ## build sample_runs again (the same bytes)
	$(BIN)/python sample_runs/build.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A set-up that was not finished is begun again from nothing.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "patchjury needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	@echo 'Setting up $(VENV); the first time this takes a minute or two.'
	$(PYTHON) -m venv $(if $(wildcard $(READY)),,--clear) $(VENV)
	@rm -f $(READY)
	$(PIP) hatchling editables
	$(PIP) --no-build-isolation --editable '.[dev]'
	@touch $(READY)

$(TRIALS): $(READY)
	$(PIP) --no-build-isolation --editable '.[trials]'
	@touch $(TRIALS)
