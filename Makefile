# Everything is done by the Python package dev/; `python3 -m dev --help` lists what it can do.
PYTHON ?= python3
PORT ?= 8069
DEV = $(PYTHON) -B -m dev

.PHONY: help run test check format bench pictures translations wheel shell stop clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 16

run: ## serve the demo on http://127.0.0.1:8069 (PORT=…); again: starts it with all data
	@$(DEV) run --port '$(PORT)'

test: ## the whole suite; TESTS="path …" ARGS="-k word …" VARIANT=plain|website|both KEEP_DB=name
	@$(DEV) test --tests='$(TESTS)' --args='$(ARGS)' --variant '$(VARIANT)' --keep-db '$(KEEP_DB)'

check: ## lint: ruff, pylint with OCA's rules and with Odoo's, XML
	@$(DEV) check

format: ## let ruff format the code and repair what it can
	@$(DEV) reformat

bench: ## side-by-side measurements, written to docs/benchmarks.md; ONLY="home shop"
	@$(DEV) bench --names='$(ONLY)'

pictures: ## take the pictures of the handbook anew; ONLY="name …"
	@$(DEV) picture --names='$(ONLY)'

translations: ## export what there is to translate into i18n/, list what German is missing
	@$(DEV) translate

wheel: ## build the addons' wheels into dist/, for `pip install` into an existing Odoo 19
	@$(DEV) wheel

shell: ## Odoo's shell on the demo database
	@$(DEV) shell

stop: ## stop server, mail catcher and PostgreSQL of this checkout
	@$(DEV) stop

clean: ## delete the demo and the test databases of this checkout; ALL=1: the shared cache, too
	@$(DEV) clean $(if $(ALL),--all)
