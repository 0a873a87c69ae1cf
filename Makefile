# Everything a user or developer does here. Needs Python 3.11 or newer, pip and make; nothing else.

PYTHON ?= python3
BIN := .venv/bin
RUN := .venv/.installed
DEV := .venv/.installed-dev
CONFORMANCE := .venv/.installed-conformance
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-deps
# tests wait for processes and browsers now and then: three workers keep two cores busy
TEST := $(BIN)/pytest -n 3
DEMO := data/demo

.DEFAULT_GOAL := help
.PHONY: help install demo results ui test test-fast coverage mutation lint package package-lowest \
	bench bench-results docs lock clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

install: $(RUN) ## Make .venv with the engagement command in it

# the lock names everything there is, so nothing is left to resolve
$(RUN): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-build-isolation -e .
	@touch $@

$(DEV): $(RUN) requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

# Microsoft's own client takes 400 MB for one file of tests
$(CONFORMANCE): $(DEV) requirements-conformance.lock
	$(PIP) --require-hashes -r requirements-conformance.lock
	@touch $@

demo: $(RUN) ## Play the whole product with a simulated Microsoft 365 tenant
	@$(BIN)/python scripts/demo.py
	@echo "Read it:      make results   (the results app: overview, customers, segments, measures)"
	@echo "Look around:  make ui       (the Dagster UI: lineage, checks, sensor, schedule)"
	@echo "Query it:     $(DEMO)/data/published/engagement.duckdb, or the Parquet files beside it"

results: $(RUN) ## Open the results app of the demo (CONFIG=file for another configuration)
	$(BIN)/engagement results -c $(or $(CONFIG),$(DEMO)/engagement.yaml)

ui: $(RUN) ## Open the Dagster UI of the demo (CONFIG=file for another configuration)
	$(if $(CONFIG),$(BIN)/engagement ui -c $(CONFIG),$(BIN)/python scripts/demo.py ui)

test: $(DEV) ## Run every test
	scripts/chromium.sh
	$(TEST)

test-fast: $(DEV) ## Run the tests that need no run, no server and no browser
	$(TEST) -m fast

coverage: $(CONFORMANCE) ## Run every test, those with Microsoft's client too, and measure the coverage
	scripts/chromium.sh
	$(BIN)/coverage erase
	$(TEST) --cov --cov-report=term --durations=20

mutation: $(DEV) ## Change conditions, and see that a test fails for each
	$(BIN)/python -m scripts.mutation

lint: $(DEV) ## Check style, types, SQL, declared imports and that generated documents are up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/deptry engagement_assets
	$(BIN)/deptry simulator scripts bench tests --ignore DEP002,DEP004
	$(BIN)/sqlfluff lint --disable-progress-bar dbt_like_sql
	$(BIN)/sqlfluff lint --disable-progress-bar --templater placeholder engagement_assets/results/sql
	$(BIN)/python -m scripts.docs --check

package: $(RUN) ## Build the wheel, install it somewhere empty (with PYTHON) and use it there
	$(BIN)/python -m scripts.package --python $(PYTHON) --lock requirements.lock

package-lowest: $(RUN) ## The same with the oldest versions that pyproject.toml allows
	$(BIN)/python -m scripts.package --python $(PYTHON) --lock requirements-lowest.lock

bench: $(DEV) ## Measure landing, models, checks, publishing and reading Microsoft 365
	$(BIN)/python -m bench
	$(BIN)/python -m bench.graph

bench-results: $(DEV) ## Measure the results app with 100,000 customers
	$(BIN)/python -m bench.results

docs: $(DEV) ## Generate what is generated in docs/
	$(BIN)/python -m scripts.docs

COMPILE := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock: ## Resolve what pyproject.toml asks for; UPGRADE=-U takes the newest versions (needs uv)
	$(COMPILE) $(UPGRADE) pyproject.toml --group build --group simulator -o requirements.lock
	$(COMPILE) $(UPGRADE) pyproject.toml --group build --group dev -c requirements.lock \
		-o requirements-dev.lock
	$(COMPILE) $(UPGRADE) --group conformance -c requirements-dev.lock -o requirements-conformance.lock
	$(COMPILE) -U pyproject.toml --resolution lowest-direct -o requirements-lowest.lock

clean: ## Remove what is installed and generated
	rm -rf .venv .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	git clean -fdXq $(DEMO)
