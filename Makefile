# One door for every action. "make help" lists them.
VENV := .venv
BIN := $(VENV)/bin
# The newest Python that TensorFlow has wheels for and that can make environments; PYTHON=... names another.
FITS := import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c '$(FITS)' 2>/dev/null && echo $$python && break; done)
INSTALL := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes --no-deps
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet \
	--no-emit-package opencv-python --no-emit-package openvino-telemetry

# Installing compiles nothing ahead, so what is imported is kept compiled, whatever the shell says: without that
# each of the many processes of the tests compiles its libraries anew, TensorFlow for ten seconds.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run check light test e2e lint format lock texts answers screenshots bench fuzz clean

help:  ## this list
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(VENV)/run.ok  ## start Vitrine on a shipped model and picture; opens a browser where there is a desktop
	VITRINE_TRAIN="$(or $(VITRINE_TRAIN),on)" VITRINE_OPEN="$(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname)))" $(BIN)/python -m streamlit run app.py

check: $(VENV)/dev.ok  ## a verdict in a minute: style, types, and the tests that are light
	@$(MAKE) --no-print-directory -j2 lint light

light: $(VENV)/dev.ok  ## the tests that need neither processes, models nor other libraries (tests/harness/marks.py)
	$(BIN)/python -m pytest --light -n 2 --dist loadscope

test: $(VENV)/dev.ok  ## run every test, also those in a real Chromium, in three processes (tests/harness/shares.py)
	$(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder

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

fuzz: $(VENV)/dev.ok  ## a thousand malformed and hostile files at every door that a person's files go through
	$(BIN)/python -m tests.fuzz

answers: $(VENV)/dev.ok  ## make what comes with Vitrine finished anew, after weights have changed
	$(BIN)/python -m commands.shipped

screenshots: $(VENV)/dev.ok  ## make the pictures of the README anew
	$(BIN)/python tests/e2e/screenshots.py

lock:  ## resolve requirements*.txt anew, for every Python and system (needs uv)
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) pyproject.toml --extra signin -c requirements.txt -o requirements-signin.txt
	$(LOCK) pyproject.toml --extra umap -c requirements.txt -o requirements-umap.txt
	$(LOCK) pyproject.toml --extra dev -c requirements-signin.txt -o requirements-dev.txt
	echo setuptools | $(LOCK) - -c requirements.txt -o requirements-build.txt

texts: $(VENV)/dev.ok  ## bring the catalogues of translations up to date, and list all texts side by side
	$(BIN)/python -m texts --list

clean:  ## remove the virtual environment and stored results
	rm -rf $(VENV) .vitrine

# The locks are complete: nothing is resolved at install time (docs/decisions/0001-complete-lock.md).
$(VENV)/run.ok: requirements.txt requirements-build.txt | $(BIN)/python
	$(INSTALL) -r requirements-build.txt
	$(INSTALL) --no-build-isolation -r requirements.txt
	$(BIN)/python cli.py prepare --model streets-segformer --model imagenet-lite0
	touch $@

$(VENV)/dev.ok: requirements-dev.txt requirements-build.txt | $(BIN)/python
	$(INSTALL) -r requirements-build.txt
	$(INSTALL) --no-build-isolation -r requirements-dev.txt
	touch $@

$(BIN)/python:
	@$(or $(PYTHON),false) -c '$(FITS)' 2>/dev/null || { \
		echo 'Vitrine needs Python 3.11, 3.12 or 3.13 with its venv module, and none was found$(PYTHON:%= (% is none)):' \
		'install one (on Debian and Ubuntu: apt install python3-venv), or name it: make PYTHON=/path/to/python3.13 run'; exit 1; }
	$(PYTHON) -m venv $(VENV)
