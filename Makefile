# What developers run and what CI runs: `make check` and `make test` define green.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo serve backup restore quick test check bench report format messages catalogues lock sbom clean run-packages test-packages

PORT ?= 8000
PY := .venv/bin/python
MANAGE := $(PY) manage.py

# The demo never sees the surroundings' settings: DATABASE_URL might lead to real patients.
DEMO = env -u PINPORTAL_ENV -u DEBUG -u SECRET_KEY -u PIN_KEYS -u AUDIT_KEYS -u DATABASE_URL -u ALLOWED_HOSTS \
	-u CSRF_TRUSTED_ORIGINS -u TRUSTED_PROXIES -u EMAIL_URL -u SURFACE -u STAFF_URL PORTAL_URL=http://127.0.0.1:$(PORT)
# Production's settings with secrets that live as long as the command. No connection is made.
LIKE_PRODUCTION = env -u DEBUG $$($(PY) -m pinportal.secrets) PINPORTAL_ENV=production \
	ALLOWED_HOSTS=portal.example.org PORTAL_URL=https://portal.example.org DATABASE_URL=sqlite:///var/none.sqlite3

help: ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 12

# Checks are skipped (`make check` has them): they would load every page twice before anybody sees one.
demo: run-packages .venv/.run var/demo.env var/.static ## A practice to try, at http://127.0.0.1:8000 (PORT=… for another)
	@$(PY) -c 'import socket; socket.create_server(("127.0.0.1", $(PORT))).close()' 2>/dev/null || \
		{ echo "Port $(PORT) is taken. Try: make demo PORT=$$(($(PORT) + 1))" >&2; exit 1; }
	@# A demo made before the trail was sealed has no key for that yet.
	@grep -q '^AUDIT_KEYS=' var/demo.env || $(PY) -m pinportal.secrets | grep '^AUDIT_KEYS=' >> var/demo.env
	@$(DEMO) $(MANAGE) migrate --verbosity 0 --skip-checks
	@$(DEMO) $(MANAGE) load_demo --skip-checks
	@echo "Ctrl-C stops it."
	@exec $(DEMO) $(PY) -m gunicorn --config pinportal/gunicorn.py --bind 127.0.0.1:$(PORT) --workers 2 \
		--log-level warning pinportal.wsgi

serve: run-packages .venv/.run var/.static ## The production server; settings come from the environment
	@exec $(PY) -m pinportal.serve

# TO=directory; the database is the one that `make serve` would use.
backup: .venv/.run ## The database as one file in var/backups (TO=… for another directory), while the server goes on
	@mkdir -p var
	@$(MANAGE) backup --skip-checks $(if $(TO),--to "$(TO)")

restore: .venv/.run ## A backup in place of the database: FROM=file; REPLACE=yes, VOID_PINS=yes (docs/operations.md)
	@[ -n "$(FROM)" ] || { echo "Which backup? make restore FROM=var/backups/…" >&2; exit 2; }
	@mkdir -p var
	@$(MANAGE) restore "$(FROM)" $(if $(REPLACE),--replace) $(if $(VOID_PINS),--void-pins)

quick: run-packages .venv/.dev ## The tests without a browser, on SQLite: under three minutes
	@bin/test --quick

test: test-packages .venv/.dev ## Every test: all on SQLite, with a real browser, and what differs on PostgreSQL
	@bin/test

check: run-packages .venv/.dev ## Style, types, import directions, templates, migrations, deployment settings, packages
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m djlint --lint --quiet templates
	$(LIKE_PRODUCTION) $(MANAGE) makemigrations --check --dry-run
	$(LIKE_PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING
	$(PY) bin/audit-packages requirements.lock requirements-dev.lock

bench: run-packages .venv/.dev ## Speed and memory, measured; PART=limits, backup or sheets for those alone
	$(PY) -m bench$(if $(PART),.$(PART))

report: test-packages .venv/.dev var/.static ## What registering costs a family, measured, with pictures: docs/families.md
	$(PY) -m bench.families

format: .venv/.dev ## Mends what `make check` would complain about, where a tool can
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

catalogues: .venv/.dev ## Compiles the catalogues under locale/ and lists what they lack
	.venv/bin/pybabel -q compile --directory locale --domain django
	$(PY) -m pytest -q -p no:cacheprovider tests/test_translations.py -k catalogue

messages: .venv/.dev ## Brings the catalogues under locale/ up to date (needs gettext)
	$(LIKE_PRODUCTION) $(MANAGE) makemessages --all --ignore '.venv/*' --ignore 'var/*'
	.venv/bin/pybabel compile --directory locale --domain django

# Keeps the versions that are locked already, where the lists allow them; UPGRADE=--upgrade takes the newest.
LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config \
	--custom-compile-command 'make lock' $(UPGRADE)
lock: .venv/.dev ## Writes the lock files: every package, its version and its hashes
	$(LOCK) --output-file requirements.lock requirements.txt
	$(LOCK) --output-file requirements-dev.lock --constraints requirements.lock requirements-dev.txt

sbom: .venv/.dev ## The list of everything the product consists of, as var/sbom.json (CycloneDX)
	@mkdir -p var
	.venv/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file var/sbom.json requirements.lock

clean: ## Removes what make makes, except the demo's data and secrets
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results var/static var/.static

run-packages:
	@bin/system-packages run

test-packages:
	@bin/system-packages run test

# An interpreter that has gone leaves a dangling link, which make takes for missing: made anew.
$(PY):
	@python=$$(bin/find-tool python) || { echo "Python 3.11 or newer is needed; PYTHON=/path/to/python names one." >&2; exit 1; }; \
	"$$python" -m venv --clear .venv

# From the lock: nothing is installed whose hash is not in it.
PIP_INSTALL = $(PY) -m pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes

.venv/.run: requirements.lock | $(PY)
	@echo "Installing what PIN Portal needs ..."
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

.venv/.dev: requirements.lock requirements-dev.lock | $(PY)
	@echo "Installing what its tests and checks need ..."
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch .venv/.run $@

# Kept: new secrets would make the demo's PINs unreadable.
var/demo.env: | .venv/.run
	@mkdir -p var
	@umask 077 && { echo PINPORTAL_ENV=demo && $(PY) -m pinportal.secrets; } > $@

# Directories are in the list too: they change when a file goes.
var/.static: .venv/.run pinportal/static_files.py $(shell find static)
	@mkdir -p var
	@$(LIKE_PRODUCTION) $(MANAGE) collectstatic --no-input --verbosity 0
	@touch $@
