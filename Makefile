# Everything a user or developer does here. Needs Python 3.11 or newer, pip and make; nothing else.

PYTHON ?= python3
BIN := .venv/bin
RUN := .venv/.installed
DEV := .venv/.installed-dev
DEMO := data/demo

.DEFAULT_GOAL := help
.PHONY: help install demo results ui test lint bench bench-results docs lock clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

install: $(RUN) ## Make .venv with the engagement command in it

# the lock names everything there is, so nothing is left to resolve
$(RUN): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): $(RUN) requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
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

test: $(DEV) ## Run every test and show the coverage
	scripts/chromium.sh
	$(BIN)/coverage erase
	$(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=term

lint: $(DEV) ## Check style, types, SQL and that generated documents are up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --disable-progress-bar dbt_like_sql
	$(BIN)/sqlfluff lint --disable-progress-bar --templater placeholder engagement_assets/results/sql
	$(BIN)/python -m scripts.data_dictionary --check

bench: $(DEV) ## Measure landing, models, checks, publishing and reading Microsoft 365
	$(BIN)/python -m bench
	$(BIN)/python -m bench.graph

bench-results: $(DEV) ## Measure the results app with 100,000 customers
	$(BIN)/python -m bench.results

docs: $(DEV) ## Generate what is generated in docs/
	$(BIN)/python -m scripts.data_dictionary

lock: ## Resolve the newest versions that go together (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml --group build -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml --group build --group dev -o requirements-dev.lock

clean: ## Remove what is installed and generated
	rm -rf .venv .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	git clean -fdXq $(DEMO)
