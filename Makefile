# What developers and CI run. `make check` and `make test` must pass.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo serve backup restore quick test check bench report format messages catalogs lock sbom clean run-packages test-packages

PORT ?= 8000
PY := .venv/bin/python
MANAGE := $(PY) manage.py

# The demo ignores the environment's settings: DATABASE_URL might point to real patients.
DEMO = env -u PINPORTAL_ENV -u DEBUG -u SECRET_KEY -u PIN_KEYS -u AUDIT_KEYS -u DATABASE_URL -u ALLOWED_HOSTS \
	-u CSRF_TRUSTED_ORIGINS -u TRUSTED_PROXIES -u EMAIL_URL -u SURFACE -u STAFF_URL PORTAL_URL=http://127.0.0.1:$(PORT)
# Production settings with secrets that exist only for this command. It does not connect to a database.
LIKE_PRODUCTION = env -u DEBUG $$($(PY) -m pinportal.secrets) PINPORTAL_ENV=production \
	ALLOWED_HOSTS=portal.example.org PORTAL_URL=https://portal.example.org DATABASE_URL=sqlite:///var/none.sqlite3

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 12

# Skip Django's checks (`make check` runs them): they would load every page twice before the first one is shown.
demo: run-packages .venv/.run var/demo.env var/.static ## Start a demo practice at http://127.0.0.1:8000 (PORT=… for another port)
	@$(PY) -c 'import socket; socket.create_server(("127.0.0.1", $(PORT))).close()' 2>/dev/null || \
		{ echo "Port $(PORT) is taken. Try: make demo PORT=$$(($(PORT) + 1))" >&2; exit 1; }
	@# An older demo has no AUDIT_KEYS yet.
	@grep -q '^AUDIT_KEYS=' var/demo.env || $(PY) -m pinportal.secrets | grep '^AUDIT_KEYS=' >> var/demo.env
	@$(DEMO) $(MANAGE) migrate --verbosity 0 --skip-checks --replace-old-demo
	@$(DEMO) $(MANAGE) load_demo --skip-checks
	@echo "Ctrl-C stops it."
	@exec $(DEMO) $(PY) -m gunicorn --config pinportal/gunicorn.py --bind 127.0.0.1:$(PORT) --workers 2 \
		--log-level warning pinportal.wsgi

serve: run-packages .venv/.run var/.static ## Start the production server; settings come from the environment
	@exec $(PY) -m pinportal.serve

# Uses the same database as `make serve`.
backup: .venv/.run ## Copy the database to one file in var/backups (TO=… for another directory); the server keeps running
	@mkdir -p -m 700 var
	@$(MANAGE) backup --skip-checks $(if $(TO),--to "$(TO)")

restore: .venv/.run ## Replace the database with a backup: FROM=file; REPLACE=yes, VOID_PINS=yes (docs/operations.md)
	@[ -n "$(FROM)" ] || { echo "Which backup? make restore FROM=var/backups/…" >&2; exit 2; }
	@mkdir -p -m 700 var
	@$(MANAGE) restore "$(FROM)" $(if $(REPLACE),--replace) $(if $(VOID_PINS),--void-pins)

quick: run-packages .venv/.dev ## Run the tests without a browser, on SQLite: under three minutes
	@bin/test --quick

test: test-packages .venv/.dev ## Run all tests on SQLite, with a real browser, and those marked postgres on PostgreSQL too
	@bin/test

check: run-packages .venv/.dev ## Check style, types, import rules, templates, migrations, deployment settings, packages
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m djlint --lint --quiet templates
	$(LIKE_PRODUCTION) $(MANAGE) makemigrations --check --dry-run
	$(LIKE_PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING
	$(PY) bin/audit-packages requirements.lock requirements-dev.lock

bench: run-packages .venv/.dev ## Measure speed and memory (PART=limits, backup, or sheets for one part)
	$(PY) -m bench$(if $(PART),.$(PART))

report: test-packages .venv/.dev var/.static ## Measure what registering costs a family, and write docs/families.md with pictures
	$(PY) -m bench.families

format: .venv/.dev ## Fix what `make check` would report, where a tool can
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

catalogs: .venv/.dev ## Compile the catalogs under locale/ and list what is missing
	.venv/bin/pybabel -q compile --directory locale --domain django
	$(PY) -m pytest -q -p no:cacheprovider tests/test_translations.py -k catalog

messages: .venv/.dev ## Update the catalogs under locale/ (needs gettext)
	$(LIKE_PRODUCTION) $(MANAGE) makemessages --all --add-location file --ignore '.venv/*' --ignore 'var/*'
	.venv/bin/pybabel compile --directory locale --domain django

# Keeps locked versions if requirements*.txt allow them; UPGRADE=--upgrade takes the newest.
LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config \
	--custom-compile-command 'make lock' $(UPGRADE)
lock: .venv/.dev ## Write the lock files: every package with its version and hashes
	$(LOCK) --output-file requirements.lock requirements.txt
	$(LOCK) --output-file requirements-dev.lock --constraints requirements.lock requirements-dev.txt

sbom: .venv/.dev ## Write the bill of materials, var/sbom.json (CycloneDX)
	@mkdir -p -m 700 var
	.venv/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file var/sbom.json requirements.lock

clean: ## Remove what make created, except the demo's data and secrets
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results var/static var/.static

run-packages:
	@bin/system-packages run

test-packages:
	@bin/system-packages run test

# If the interpreter was removed, its link dangles; make sees that as missing and rebuilds the environment.
$(PY):
	@python=$$(bin/find-tool python) || { echo "Python 3.11 or newer is needed; PYTHON=/path/to/python names one." >&2; exit 1; }; \
	"$$python" -m venv --clear .venv

# Installs only packages whose hash is in the lock file.
PIP_INSTALL = $(PY) -m pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes

.venv/.run: requirements.lock | $(PY)
	@echo "Installing what PIN Portal needs ..."
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

.venv/.dev: requirements.lock requirements-dev.lock | $(PY)
	@echo "Installing what its tests and checks need ..."
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch .venv/.run $@

# Keep this file: with new secrets, nobody can read the demo's PINs.
var/demo.env: | .venv/.run
	@mkdir -p -m 700 var
	@umask 077 && { echo PINPORTAL_ENV=demo && $(PY) -m pinportal.secrets; } > $@

# The list includes directories, because they change when a file is deleted.
var/.static: .venv/.run pinportal/static_files.py $(shell find static)
	@mkdir -p -m 700 var
	@$(LIKE_PRODUCTION) $(MANAGE) collectstatic --no-input --verbosity 0
	@touch $@
