# artgate: `make demo` shows all of it at work, `make test` checks all of it. `make help` lists the rest.
#   PYTHON=python3.12   the Python that .venv is made with (3.11, 3.12 or 3.13); else python3
#   TORCH=cuda          install PyTorch for NVIDIA GPUs; else for the CPU (TORCH=cpu)
# Both need to be said once: later calls keep what .venv has.

RUN := .venv/bin
TESTS ?= tests

.DEFAULT_GOAL := help
.PHONY: help install demo demo-stop demo-shell test test-browser lint format bench bench-check review-load
.PHONY: chaos fuzz scale test-rabbitmq check-alerts lock sbom

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

install: ## make .venv with artgate and everything it needs
	@sh deploy/packaging/install.sh "$(PYTHON)" "$(TORCH)"
	@$(RUN)/artgate weights fetch
	@$(RUN)/python -c "from detector.features import compile_loops; compile_loops()"

demo: install ## from upload to verdict on a local stack of real servers, with the sample pictures
	@$(RUN)/python -m deploy.local.demo start

demo-stop: ## end the stack that `make demo` left running
	@$(RUN)/python -m deploy.local.demo stop

demo-shell: ## a shell in which `artgate` commands reach the demo's stack
	@$(RUN)/python -m deploy.local.demo shell

test: install lint ## lint, types, import rules and the whole test suite
	$(RUN)/pytest --numprocesses 2 $(TESTS)

test-browser: ## the console in headless Chromium, outside `make test`; pictures of its pages into build/screenshots
	@$(RUN)/python -m tests.browser --numprocesses 2 --dist loadfile

lint: ## the checks that run no test
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports

format: ## format the code and mend what ruff can mend
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .

bench: ## how fast each stage is, beside its plain baseline, into build/bench.json; STAGE=features for one
	$(RUN)/python -m tests.benchmarks $(STAGE)

bench-check: ## the same, failing where a ratio fell by a fifth below tests/benchmarks/reference.json
	$(RUN)/python -m tests.benchmarks --check $(STAGE)

review-load: ## the review queue under 200 moderators and 60 claims a second; about seven minutes
	@$(RUN)/python -m tests.review_load

chaos: ## 2,000 events over the real stack while 39 programmed faults strike; a quarter of an hour
	@$(RUN)/python -m tests.chaos

fuzz: ## hostile bytes: a guided search of every reader, 100,000 mutated pictures; about three minutes
	@$(RUN)/python -m tests.fuzz

scale: ## the queries that run all day, at 10^5, 10^6 and 10^7 pictures; hours, and 40 GB of disk
	@$(RUN)/python -m tests.scale

test-rabbitmq: ## from hook to verdict over RabbitMQ's quorum queues; needs Debian's rabbitmq-server
	$(RUN)/pytest -p no:xdist tests/worker/rabbitmq/trial.py

check-alerts: ## try the alert rules: what makes each fire, and a quiet day; needs promtool of Prometheus
	promtool check config deploy/monitoring/prometheus.yaml
	promtool test rules deploy/monitoring/alerts.test.yaml

lock: ## write requirements.lock and requirements-cuda.lock anew; UPGRADE=1 takes newer versions
	$(RUN)/python -m deploy.packaging.lock $(if $(UPGRADE),--upgrade)

sbom: ## write the bill of materials into build/: what the locks pin, as CycloneDX JSON
	@$(RUN)/python -m deploy.packaging.sbom
