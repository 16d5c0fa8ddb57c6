# make run: the product, with demo data, at http://127.0.0.1:8000 · make test: every check · make help: the rest
PYTHON ?= python3.11
PORT ?= 8000
BIN = .venv/bin
MANAGE = $(BIN)/python manage.py

# Links that people and tools are given name the port that is served, unless .env has an address of its own.
ifeq ($(shell grep -s '^SITE_URL=' .env),)
run: export SITE_URL ?= http://127.0.0.1:$(PORT)
endif

.PHONY: run install test bench lock messages help

run: install ## Serve the product with demo data (PORT=8000)
	@$(MANAGE) createcachetable --verbosity 0
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) prepare_demo --port $(PORT)
	@$(MANAGE) work & worker=$$!; \
	trap "kill $$worker 2>/dev/null; wait $$worker" EXIT; trap "exit 130" INT; trap "exit 143" TERM; \
	$(BIN)/gunicorn engagement.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --no-control-socket --log-level warning

install: .venv/runtime ## Make the environment alone

.venv/runtime: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/development: .venv/runtime requirements-dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

test: .venv/development ## Lint, types, pending migrations, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(MANAGE) makemigrations --check --dry-run
	$(BIN)/python -m pytest --numprocesses auto

bench: .venv/development ## Benchmarks as ratios (SIZE=1000000)
	$(BIN)/python -m benchmarks --size $(or $(SIZE),1000000)

lock: .venv/development ## Pin what the .in files name
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-header --annotation-style line requirements.in
	$(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-header --annotation-style line requirements-dev.in

messages: .venv/development ## Collect the texts to translate, and compile the translations (needs gettext)
	$(MANAGE) makemessages --locale bn --ignore .venv --no-location
	$(MANAGE) compilemessages --ignore .venv

help:
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/:/'
