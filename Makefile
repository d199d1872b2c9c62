# Every target works on a machine that has only Python 3.11 or newer, pip, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo pictures contact-sheet test preflight quicktest lint bench schema clean

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $(READY)

# Grades the example class and prints where its page is. Some of its submissions fail on purpose: exit code 1. They are
# ours, so they may run where a machine offers no barrier too.
demo: $(READY)
	@$(BIN)/harness grade examples/class --out demo --seeds 1 --trust-submissions || test $$? -eq 1

# Photographs a card and the class page of the example class for the README; needs Chromium.
pictures: demo
	$(BIN)/python tools/pictures.py demo docs/pictures

# Grades the reference of every task and puts their cards side by side in one picture for the docs; needs Chromium.
contact-sheet: $(READY)
	$(BIN)/python tools/contact_sheet.py references docs/pictures/tasks.jpg

# One process a core, up to four: each keeps backends of its own in memory.
TOGETHER := --numprocesses logical --maxprocesses 4

test: $(READY) lint
	$(BIN)/python -m pytest -m 'not preflight' $(TOGETHER) --dist worksteal

# Grades reference, template and flawed submissions of every task at the quick size, and runs the long attacks: those
# that end a fork server each, and a term of steps. A process takes whole classes of tests, so that it trains a task
# for all of them; in the order of the tests, which has the dearest task first.
preflight: $(READY)
	$(BIN)/python -m pytest -m preflight $(TOGETHER) --dist loadscope --no-loadscope-reorder

quicktest: $(READY)
	$(BIN)/python -m pytest -m 'not slow and not browser and not preflight' $(TOGETHER) --dist worksteal

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python benchmarks/class_grading.py
	$(BIN)/python benchmarks/sandbox.py
	$(BIN)/python benchmarks/measures.py
	$(BIN)/python benchmarks/clocks.py
	$(BIN)/python benchmarks/reports.py

# Writes the schema that editors check rubrics against.
schema: $(READY)
	$(BIN)/harness schema --out rubrics/rubric.schema.json

clean:
	rm -rf $(VENV) demo build dist *.egg-info
