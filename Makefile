# What a newcomer needs: Python 3.11 or newer, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
IMAGE ?= flashduty-slack-bot
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
COMPILE := uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url

# One word for the shell, whatever stands in it.
quoted = '$(subst ','\'',$(1))'

# COMMAND, NAME and LANGUAGE count only where they are written behind `make`: an environment often has such names.
language = $(if $(filter command,$(origin LANGUAGE)),--language $(call quoted,$(LANGUAGE)))

.PHONY: help demo test run manifest check bench chaos lint image browser lock messages
.DEFAULT_GOAL := help

help:
	@echo 'make demo     try it: a pretend Slack, a pretend Flashduty and the real bot (PORT=… for another port, LANGUAGE=zh for Chinese)'
	@echo 'make test     lint, types and tests'
	@echo 'make manifest print the Slack app manifest (MODE=http URL=https://… for HTTP, WITH="user-groups topic reminders", COMMAND=/oncall NAME="On-call", LANGUAGE=zh for Chinese)'
	@echo 'make check    look whether the settings of .env will work, and change nothing'
	@echo 'make run      run the bot with the settings of .env'
	@echo 'make messages bring the catalogue of sentences up to date with the source, and compile it'
	@echo 'make bench    measure it (AGAINST=checkout: in turns with another version, each figure nine times)'
	@echo 'make chaos    break everything around it, and count what came of it (JSON=file for machines)'
	@echo 'make lint     ruff, mypy and the contracts of imports alone'
	@echo 'make image    build the Docker image (IMAGE=… for another name)'
	@echo 'make browser  drive the demo page in Chromium (PICTURES=all: and take the pictures of docs/images again)'

demo: $(VENV)/demo.stamp
	@$(BIN)/python -m sandbox demo $(if $(PORT),--port $(PORT)) $(language)

run: $(VENV)/run.stamp
	@$(BIN)/python -m bot run

named = $(if $(filter command,$(origin COMMAND)),--command $(call quoted,$(COMMAND))) $(if $(filter command,$(origin NAME)),--name $(call quoted,$(NAME))) $(language)

manifest: $(VENV)/run.stamp
	@$(BIN)/python -m bot manifest $(if $(MODE),--mode $(MODE)) $(if $(URL),--url '$(URL)') $(if $(WITH),--with $(WITH)) $(named)

check: $(VENV)/run.stamp
	@$(BIN)/python -m bot check

test: lint
	$(BIN)/python -m pytest -n 4 --dist worksteal -m 'not browser'

lint: $(VENV)/dev.stamp
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	PYTHONPATH=. $(BIN)/lint-imports --no-cache

browser: $(VENV)/dev.stamp
	PICTURES=$(call quoted,$(PICTURES)) $(BIN)/python -m pytest -n 2 -m browser tests/proofs/browser

messages: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.proofs.catalogue

bench: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.proofs.bench$(if $(AGAINST),.against $(AGAINST))

chaos: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.proofs.chaos $(if $(JSON),--json $(JSON))

image:
	docker build --tag $(IMAGE) .

# The locks name no index and no host, so that any mirror will do. Needs uv.
lock:
	$(COMPILE) pyproject.toml --output-file requirements/run.txt
	$(COMPILE) --group demo --output-file requirements/demo.txt
	$(COMPILE) pyproject.toml --group dev --constraint requirements/demo.txt --constraint requirements/run.txt --output-file requirements/dev.txt

$(VENV)/run.stamp: requirements/run.txt | $(BIN)/python
	@echo 'installing what the bot needs, with hash checking …' >&2
	@$(INSTALL) --requirement requirements/run.txt
	@touch $@

$(VENV)/demo.stamp: requirements/demo.txt $(VENV)/run.stamp
	@echo 'installing what the demo needs besides, with hash checking …' >&2
	@$(INSTALL) --requirement requirements/demo.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt | $(BIN)/python
	@echo 'installing what the tests need, with hash checking …' >&2
	@$(INSTALL) --requirement requirements/dev.txt
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo 'Python 3.11 or newer is needed; name one that is installed: make PYTHON=python3.12 …' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
