# One door for every action. "make help" lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test e2e lint format lock texts screenshots bench fuzz clean

help:  ## this list
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(VENV)/run.ok  ## start Vitrine on a shipped model and picture; opens a browser where there is a desktop
	VITRINE_OPEN="$(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname)))" $(BIN)/python -m streamlit run app.py

test: $(VENV)/dev.ok  ## run every test, also those in a real Chromium
	$(BIN)/python -m pytest

e2e: $(VENV)/dev.ok  ## run the tests in a browser only
	$(BIN)/python -m pytest -m e2e

lint: $(VENV)/dev.ok  ## style, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/dev.ok  ## lay out the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/dev.ok  ## speed and memory against the public libraries, and what a person waits for, in benchmarks/results.md
	$(BIN)/python -m benchmarks --write

fuzz: $(VENV)/dev.ok  ## hundreds of malformed files at every door that a person's files go through
	$(BIN)/python -m tests.fuzz

screenshots: $(VENV)/dev.ok  ## make the pictures of the README anew
	$(BIN)/python tests/e2e/screenshots.py

lock:  ## resolve requirements*.txt anew (needs uv)
	uv pip compile pyproject.toml --python-version 3.11 --no-annotate --no-header --quiet -o requirements.txt
	uv pip compile pyproject.toml --extra signin -c requirements.txt --python-version 3.11 --no-annotate --no-header --quiet -o requirements-signin.txt
	uv pip compile pyproject.toml --extra dev -c requirements-signin.txt --python-version 3.11 --no-annotate --no-header --quiet -o requirements-dev.txt

texts: $(VENV)/dev.ok  ## bring the catalogues of translations up to date, and list what is not translated
	$(BIN)/python -m texts

clean:  ## remove the virtual environment and stored results
	rm -rf $(VENV) .vitrine

# The locks are complete, so nothing is resolved at install time (see docs/architecture.md, "The lock").
$(VENV)/run.ok: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps -r requirements.txt
	$(BIN)/python cli.py prepare --model streets-segformer
	touch $@

$(VENV)/dev.ok: requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps -r requirements-dev.txt
	touch $@
