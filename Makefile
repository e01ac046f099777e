# Two commands do all set-up on a machine with Python 3.11 or newer and nothing else:
#
#   make demo    makes the environment, runs the main job, prints the result, writes demo.png
#   make test    makes the environment, runs every test
#
# The environment is the folder $(VENV). What is already installed there is installed
# again only when setup.cfg, pyproject.toml or constraints.txt changes.

VENV ?= .venv
PYTHON ?=
JOBS ?= 2
BENCHMARK_ARGS ?=
PYTEST_ARGS ?=
SPHINXOPTS ?= -W --keep-going
CONSTRAINTS ?= constraints.txt
# Which tests `make dist-check` runs in the unpacked sdist: some of each sort, in seconds.
# All of them: make dist-check DIST_TESTS=tests
DIST_TESTS ?= -m "not slow" $(addprefix tests/,algebra datasets machine \
    metrics persistence hostile/test_bad_input.py solvers/test_objective.py \
    $(addprefix test_,$(addsuffix .py,packaging source_files symmetry)))

PY := $(VENV)/bin/python
# What is imported is compiled then, by whoever imports it first: pip need not compile the
# other nine tenths. (Nothing would be kept with PYTHONDONTWRITEBYTECODE.)
unexport PYTHONDONTWRITEBYTECODE
PIP_INSTALL := $(PY) -m pip install -qq --disable-pip-version-check --no-compile -c $(CONSTRAINTS)
PINS := setup.cfg pyproject.toml $(CONSTRAINTS)
CANDIDATES := $(if $(PYTHON),$(PYTHON),python3.11 python3.12 python3.13 python3.14 python3 python)

# What each command needs beyond Python; nothing is installed that it does not use.
NEEDS_demo := -e ".[plot]"
NEEDS_test := -e ".[test,torch,plot,dask]"
NEEDS_coverage := $(NEEDS_test) pytest-cov
NEEDS_examples := -e ".[plot,dask]"
NEEDS_doc := -e ".[doc,dask]"
NEEDS_dist := build check-manifest check-wheel-contents twine
NEEDS_lint := -e ".[test]" ruff check-jsonschema import-linter numpydoc
NEEDS_types := -e . mypy
NEEDS_bench := -e ".[bench]"
NEEDS_dev := -e ".[dev]"

CHECK_SCHEMA := $(PY) -m check_jsonschema -q --builtin-schema
# The matrices are small and processes share the cores: threads of BLAS inside each of
# them would only wait for one another.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test oldest newest coverage doctest lint types format doc examples benchmark \
    operations dist dist-check dev clean distclean

help:
	@echo "make demo      decompose a tensor and a real data set; prints the result, writes demo.png"
	@echo "make test      run every test (PYTEST_ARGS='-k name' for some, JOBS=n processes)"
	@echo "make oldest    the same with the oldest versions that are supported, on Python 3.11"
	@echo "make newest    the same with the newest ones, unreleased too, on the newest Python here"
	@echo "make doctest   run the code in docstrings, README.md, CONTRIBUTING.md and doc/"
	@echo "make coverage  run the quick tests, and say which lines of the package none runs"
	@echo "make lint      check style; 'make format' mends what it can"
	@echo "make types     check the type hints"
	@echo "make doc       build the documentation into doc/_build/html, warnings as errors"
	@echo "make examples  run every script of examples/"
	@echo "make benchmark ours beside the peers (BENCHMARK_ARGS=--quick: a cross-section)"
	@echo "make operations  count what whole fits compute anew, for the tests to compare with"
	@echo "make dist      build sdist and wheel into dist/, and check what is in them"
	@echo "make dist-check  install that wheel afresh, run tests from that sdist"
	@echo "make dev       install the pre-commit hooks"
	@echo "make clean     remove what was built; 'make distclean' removes $(VENV) too"

demo: $(VENV)/.ready-demo
	$(ONE_THREAD) $(PY) examples/demo.py --output demo.png

test: $(VENV)/.ready-test
	$(ONE_THREAD) $(PY) -m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

oldest:
	$(MAKE) test VENV=$(VENV)-oldest PYTHON=$(or $(PYTHON),python3.11) \
	    CONSTRAINTS=constraints-oldest.txt NEEDS_test='-e ".[test]"' \
	    PYTEST_ARGS='-m "not slow" $(PYTEST_ARGS)'

newest:
	rm -rf $(VENV)-newest
	$(MAKE) test VENV=$(VENV)-newest \
	    CANDIDATES='$(or $(PYTHON),python3.14 python3.13 python3.12 python3.11 python3)' \
	    CONSTRAINTS=/dev/null NEEDS_test='--pre -e ".[test,dask,plot]"' \
	    PYTEST_ARGS='-m "not slow" $(PYTEST_ARGS)'

# sys.monitoring, on Python 3.12 and newer, makes measuring next to free.
coverage: $(VENV)/.ready-coverage
	COVERAGE_CORE=sysmon $(ONE_THREAD) $(PY) -m pytest -q -n $(JOBS) -m "not slow" \
	    --cov --cov-report=term:skip-covered --cov-report=html $(PYTEST_ARGS)

doctest: $(VENV)/.ready-test
	MPLBACKEND=Agg $(ONE_THREAD) $(PY) -m pytest -n $(JOBS) --doctest-modules --doctest-glob='*.md' --doctest-glob='*.rst' \
	    $(PYTEST_ARGS) sklearn_overtensor README.md CONTRIBUTING.md doc/index.rst doc/install.rst doc/tables.rst doc/quickstart.rst doc/large_data.rst \
	    doc/persistence.rst doc/progress.rst doc/guide/*.rst

lint: $(VENV)/.ready-lint
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/lint-imports --no-cache
	$(PY) -m pytest -q tests/doc/test_docstrings.py
	$(CHECK_SCHEMA) vendor.citation-file-format CITATION.cff
	$(CHECK_SCHEMA) vendor.github-workflows .github/workflows/*.yml
	$(CHECK_SCHEMA) vendor.dependabot .github/dependabot.yml
	$(CHECK_SCHEMA) vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(CHECK_SCHEMA) vendor.github-issue-forms .github/ISSUE_TEMPLATE/*_*.yml

format: $(VENV)/.ready-lint
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: $(VENV)/.ready-types
	$(PY) -m mypy

doc: $(VENV)/.ready-doc
	$(ONE_THREAD) $(PY) -m sphinx -b html -j $(JOBS) $(SPHINXOPTS) doc doc/_build/html
	@echo "Open doc/_build/html/index.html"

examples: demo $(VENV)/.ready-examples
	@set -e; for script in examples/plot_*.py examples/paper/plot_*.py; do \
	    echo "== $$script"; start=$$(date +%s); \
	    MPLBACKEND=Agg $(ONE_THREAD) $(PY) -W "ignore:FigureCanvasAgg" $$script; \
	    echo "== $$script: $$(($$(date +%s) - start)) s"; \
	done

benchmark: $(VENV)/.ready-bench
	$(ONE_THREAD) $(PY) benchmarks/run.py $(BENCHMARK_ARGS)

operations: $(VENV)/.ready-test
	$(ONE_THREAD) $(PY) benchmarks/operations.py --write

dist: $(VENV)/.ready-dist
	rm -rf dist
	PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(PY) -m build
	$(PY) -m twine check --strict dist/*
	$(PY) -m check_manifest
	$(PY) -m check_wheel_contents dist

# What was built, in an environment that has seen no checkout. The tests run on the sdist's
# own package, without torch, dask and matplotlib.
dist-check: dist
	rm -rf build/dist-check
	$(PY) -m venv build/dist-check/venv
	build/dist-check/venv/bin/python -m pip install -qq --disable-pip-version-check --no-compile \
	    -c constraints.txt "$$(echo dist/*.whl)[test]"
	cd build/dist-check && $(ONE_THREAD) venv/bin/python -I $(CURDIR)/tools/smoke_test.py
	tar -xzf dist/*.tar.gz -C build/dist-check
	cd build/dist-check/sklearn_overtensor-*/ && \
	    $(ONE_THREAD) ../venv/bin/python -m pytest -q -n $(JOBS) $(DIST_TESTS)

dev: $(VENV)/.ready-test $(VENV)/.ready-dev
	$(PY) -m pre_commit install

clean:
	rm -rf build dist *.egg-info .coverage* htmlcov .pytest_cache .ruff_cache .hypothesis demo.png
	rm -rf doc/_build doc/auto_examples doc/generated doc/sg_execution_times.rst
	find sklearn_overtensor tests examples doc -name __pycache__ -type d -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)

$(PY):
	@found=; for p in $(CANDIDATES); do \
	    if "$$p" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
	        2>/dev/null; then found="$$p"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "No Python 3.11 or newer with the venv module was found (tried: $(CANDIDATES))." >&2; \
	    echo "Install one (on Debian and Ubuntu: python3 and python3-venv), or name it:" >&2; \
	    echo "    make PYTHON=/path/to/python3.11 $(or $(MAKECMDGOALS),demo)" >&2; \
	    exit 1; \
	fi; \
	echo "Making the environment $(VENV) with $$($$found --version)"; \
	"$$found" -m venv --clear $(VENV)

$(VENV)/.ready-%: $(PINS) | $(PY)
	@echo "Installing what 'make $*' needs into $(VENV) (minutes the first time)"
	@$(PIP_INSTALL) $(NEEDS_$*)
	@touch $@
