# The commands of everyday work; continuous integration runs the same ones, on Linux and Windows alike, so recipes
# call Python modules and no shell. `make PYTHON=python3.12 test` picks another interpreter.
PYTHON ?= python
PACKAGES := app plugins_aaa plugins_broker plugins_core plugins_pipeline plugins_portfolio plugins_strategy
COMPILE := $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"

.PHONY: run test check bench docs lock upgrade clean

# Backtest the shipped sample, as a newcomer's first command does.
run:
	lts run

# Every test, with the branch-coverage gate of pyproject.toml.
test:
	$(PYTHON) -m pytest --cov

# What needs no running program: style, types, security patterns, the architecture's tests, changelog fragments.
check:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m bandit --quiet --recursive --severity-level medium $(PACKAGES)
	$(PYTHON) -m pytest -n 0 --quiet tests/architecture
	$(PYTHON) -m towncrier build --draft --version unreleased

bench:
	$(PYTHON) -m benchmarks

# The documentation is plain Markdown, so there is nothing to build: links, anchors and the traceability are checked.
docs:
	$(PYTHON) -m pytest -n 0 tests/architecture/test_document_links.py tests/architecture/test_traceability.py

# Renew both lock files; versions that still satisfy pyproject.toml stay as they are.
lock:
	$(COMPILE) $(UPGRADE) --extra dev pyproject.toml --output-file requirements.lock
	$(COMPILE) --constraints requirements.lock pyproject.toml --output-file requirements-core.lock

# The same, with every dependency at its newest version.
upgrade:
	$(MAKE) lock UPGRADE=--upgrade

# Remove what the tools leave behind; environments and databases stay.
clean:
	$(PYTHON) -c "import pathlib, shutil; [shutil.rmtree(name, ignore_errors=True) for name in ('build', 'dist', 'htmlcov', '.hypothesis', '.mypy_cache', '.pytest_cache', '.ruff_cache')]; [path.unlink() for path in pathlib.Path().glob('.coverage*')]"
