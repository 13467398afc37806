# Hikaku. `make help` lists what there is.

PYTHON ?= python3
PROFILE ?= quick
DATA ?=
TORCH_INDEX ?=
REMOTE ?= origin
BRANCH ?= gh-pages
PORT ?= 8000

VENV := .venv
BIN := $(VENV)/bin
HIKAKU := $(BIN)/python -m generator
OPTIONS = --profile "$(PROFILE)" $(if $(DATA),--data "$(DATA)")

.PHONY: help site serve test bench publish lock clean
.DEFAULT_GOAL := help

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

site: $(VENV)/installed ## Compute what is stale and build the site into output/site (PROFILE=quick|mnist|FILE.toml, DATA=FOLDER)
	@$(HIKAKU) site $(OPTIONS)

serve: $(VENV)/installed ## Serve the site here, rebuild and reload when a source file is saved (PORT=8000)
	@$(HIKAKU) serve $(OPTIONS) --port "$(PORT)"

test: $(VENV)/installed-dev ## Check style, types, import rules and behaviour
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy generator
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --no-loadscope-reorder $(TESTS)

bench: $(VENV)/installed-dev ## Print speeds as ratios against named baselines (DATA=FOLDER for all of MNIST)
	@$(BIN)/python tests/bench.py $(if $(DATA),--data "$(DATA)")

publish: site ## Push the built site to a branch (REMOTE=origin, BRANCH=gh-pages)
	@$(BIN)/ghp-import --no-jekyll --push --remote "$(REMOTE)" --branch "$(BRANCH)" \
		--message "Publish $$(git rev-parse --short HEAD)" output/site
	@echo "published output/site to branch $(BRANCH) of $(REMOTE)"

lock: $(VENV)/installed-dev ## Resolve the exact versions anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header --upgrade \
		pyproject.toml --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header --upgrade --extra dev \
		--constraint requirements.txt pyproject.toml --output-file requirements-dev.txt

clean: ## Remove everything made here but the environment and the downloaded data
	rm -rf output site_src/en site_src/ja .mypy_cache .ruff_cache .pytest_cache

$(VENV)/installed: requirements.txt | $(VENV)/created
	@$(call install,requirements.txt)
	@cp requirements.txt $@

$(VENV)/installed-dev: requirements-dev.txt | $(VENV)/created
	@$(call install,requirements-dev.txt)
	@cp requirements-dev.txt $@
	@cp requirements.txt $(VENV)/installed

$(VENV)/created:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "error: there is no $(PYTHON); install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3" >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "error: $(PYTHON) is $$("$(PYTHON)" --version 2>&1); Hikaku needs Python 3.11 or newer; install one, or name one: make PYTHON=python3.12" >&2; exit 2; }
	@echo "creating $(VENV) with $$("$(PYTHON)" --version)"
	@"$(PYTHON)" -m venv $(VENV) || { \
		echo "error: no virtual environment could be made; on Debian and Ubuntu install python3-venv" >&2; exit 2; }
	@touch $@

# Versions come from the lock file alone. With TORCH_INDEX, torch and torchvision come from there, both, and the CUDA
# libraries that only the default build uses are left out.
define install
echo "installing $(1): about 5 GB the first time, mostly PyTorch; interrupt at will, the next run goes on"
if [ -n "$(TORCH_INDEX)" ]; then \
	grep -vE '^(nvidia-|cuda-|triton)' $(1) > $(VENV)/wanted.txt \
	&& $(BIN)/pip install --disable-pip-version-check --index-url "$(TORCH_INDEX)" $$(grep -E '^torch(vision)?==' $(1)); \
else cp $(1) $(VENV)/wanted.txt; fi \
&& $(BIN)/pip install --disable-pip-version-check --requirement $(VENV)/wanted.txt || { \
	echo "error: the installation did not finish; what pip said is above. Without network, connect and run make again: it goes on where it stopped" >&2; exit 2; }
endef
