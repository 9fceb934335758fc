# billdrop: `make up` runs it, `make test` proves it.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := .venv/bin/
# compiled modules make every start of a process ten times cheaper
export PYTHONDONTWRITEBYTECODE :=
DATA ?= data
PORT ?= 8080

.PHONY: up demo test check corpus tour format bench fuzz lock clean

# Run the pipeline: watches $(DATA)/inbox/<customer>/, answers on http://127.0.0.1:$(PORT)
up: .venv/ready
	$(RUN)billdrop up --data-dir $(DATA) --port $(PORT)

# A few hundred generated invoices through the whole way, then the expenses by date
demo: .venv/ready
	$(RUN)billdrop up --data-dir $(DATA)/demo --port 0 --demo --until-idle

# Everything that proves the promises; a third of the time a test waits for a process, so three share two cores
test: .venv/ready .tools/ministack/ready .tools/checkov/ready .tools/moto/ready
	$(RUN)pytest -n 3 --dist worksteal

# Style, types, architecture
check: .venv/ready
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports

# The tour of the product in pictures, from the running program; needs Chromium and its driver
tour: .venv/ready
	$(RUN)python -m tour

# What is read of the genuine invoices beside the checkout, and what is refused and why
corpus: .venv/ready
	@$(RUN)python -m tests.standards

format: .venv/ready
	$(RUN)ruff format .
	$(RUN)ruff check --fix .

# Ratios against the plain baseline, side by side in one run
bench: .venv/ready
	$(UV) pip install --quiet --python .venv/bin/python -r requirements/bench.txt
	$(RUN)python -m bench

# What nobody would write, fed to one reader until it breaks or the time is over
READER ?= labelled
SECONDS ?= 600
fuzz: .tools/fuzz/ready .venv/ready
	PYTHONPATH=src:$(wildcard .venv/lib/python3*/site-packages) .tools/fuzz/bin/python -m fuzz $(READER) --seconds $(SECONDS)

# Renew the pinned versions
lock: $(UV)
	$(UV) pip compile --quiet --universal --no-header --no-emit-index-url --generate-hashes --group dev pyproject.toml -o requirements/dev.txt
	$(UV) pip compile --quiet --universal --no-header --no-emit-index-url --generate-hashes --group bench pyproject.toml -o requirements/bench.txt
	$(UV) pip compile --quiet --universal --no-header --no-emit-index-url --generate-hashes --group pyproject.toml:ministack -o requirements/ministack.txt
	$(UV) pip compile --quiet --universal --no-header --no-emit-index-url --generate-hashes --group pyproject.toml:checkov -o requirements/checkov.txt
	$(UV) pip compile --quiet --universal --no-header --no-emit-index-url --generate-hashes --group pyproject.toml:moto -o requirements/moto.txt
	$(UV) pip compile --quiet --universal --no-header --no-emit-index-url --generate-hashes --group pyproject.toml:fuzz -o requirements/fuzz.txt

.venv/ready: pyproject.toml requirements/dev.txt | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r requirements/dev.txt
	$(UV) pip install --quiet --python .venv/bin/python --no-deps -e .
	.venv/bin/python -m compileall -q src
	@touch $@

# Stand-ins and checkers with needs of their own, each in an environment of its own
.tools/%/ready: requirements/%.txt | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .tools/$*
	$(UV) pip install --quiet --compile-bytecode --python .tools/$*/bin/python --require-hashes -r $<
	@touch $@

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet uv

clean:
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis
