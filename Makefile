# Two commands are all a newcomer needs: `make demo` and `make test`.
# uv is taken from the machine where it is there, and fetched as a package where it is not.

PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := .venv/bin

# The machine's own certificates, as every other program there uses them.
export UV_SYSTEM_CERTS := 1
export UV_NATIVE_TLS := 1

# A shell that forbids it costs every process started here, and the tests start hundreds, five seconds of compiling.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo console test bench docs fonts lint types house lock clean
.DEFAULT_GOAL := help

help: ## list the commands
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

demo: .venv/ready ## a cold night in Jincheng: the plans, the supply desk, command, the call-out, then the console with the night under way
	@$(RUN)/python examples/cold_night.py
	@echo
	@$(RUN)/python examples/supply_night.py
	@$(RUN)/python examples/command_night.py
	@echo
	@$(RUN)/python examples/callout_night.py
	@echo
	@$(RUN)/python examples/console_night.py

console: .venv/ready ## the console alone, with the cold wave under way
	@$(RUN)/python examples/console_night.py

test: .venv/ready fonts ## everything that must hold
	$(RUN)/ruff check
	$(RUN)/ruff format --check
	$(RUN)/mypy
	$(RUN)/lint-imports --no-cache
	$(RUN)/python -m pytest -n auto --dist worksteal

bench: .venv/ready fonts ## speed and memory beside peers, written to docs/benchmarks.md
	$(RUN)/python bench/run.py

docs: .venv/ready ## write the generated pages anew
	$(RUN)/python -m zhishou.cli.pages

# Where they cannot be had it says so and goes on; whatever needs them then says so too.
fonts: ## the free Chinese faces for the papers' PDF, from Debian's packages
	@sh setup/fonts.sh .fonts || true

lock: .venv/ready ## renew the content lock of the packs
	$(RUN)/zhishou plan lock

requirements.lock: pyproject.toml
	$(UV) pip compile pyproject.toml --all-extras --group dev --universal --generate-hashes --no-header --no-emit-index-url -q -o $@

.venv/packages: requirements.lock $(filter .uv/bin/uv,$(UV))
	$(UV) venv -q --clear --python $(PYTHON) .venv
	$(UV) pip sync -q --require-hashes requirements.lock
	@touch $@

# Anew when what is compiled has changed.
.venv/ready: .venv/packages pyproject.toml hatch_build.py src/zhishou/supply/curtail/greatest.c
	$(UV) pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.uv/bin/uv:
	@$(PYTHON) -m venv .uv 2>/dev/null && .uv/bin/pip install -q uv \
	  || { rm -rf .uv; $(PYTHON) -m pip install -q --target .uv uv; } \
	  || { echo 'uv 装不上：请先安装 python3-venv 或 python3-pip'; exit 1; }

clean: ## remove what the commands made
	rm -rf .venv .uv .fonts dist build
