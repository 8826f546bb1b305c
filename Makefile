# Every verb of the project; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

MVN := $(shell command -v mvn >/dev/null 2>&1 && echo mvn || echo ./mvnw) -B -q
TEST_MVN := $(firstword $(MVN)) -B -ntp
COMMIT := $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
JAVA_SOURCES := $(shell find jobs/src/main pipelines/src/main -type f) pom.xml jobs/pom.xml pipelines/pom.xml
LAUNCHER := pipelines/target/needle.args

.PHONY: help
help: ## List the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.PHONY: build
build: ## Compile, and prepare the needle command
	@bin/one-at-a-time .building $(MAKE) -s $(LAUNCHER)

$(LAUNCHER): $(JAVA_SOURCES) bin/launcher-args
	@bin/require java
	@[ -d pipelines/target ] || echo "building Needle; the first time Maven also downloads Spark, which takes minutes" >&2
	@$(MVN) package -DskipTests -Dspotless.check.skip=true -Dneedle.commit=$(COMMIT)
	@bin/launcher-args "$(CURDIR)/pipelines/target"

.PHONY: demo
demo: build ## Simulate a company and walk its extracts to the dashboard
	@./needle demo

.PHONY: test
test: build .venv/installed ## Run everything: Java, DAGs, dashboard, notebooks
	@bin/require java python chromium
	$(TEST_MVN) verify -Dneedle.commit=$(COMMIT)
	@bin/launcher-args "$(CURDIR)/pipelines/target"
	.venv/bin/python -m pytest

# Without dependencies of its own accord: the lock names every package, and leaves out the ones that are never imported.
.venv/installed: requirements.lock
	@bin/require python
	@rm -rf .venv
	@python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch .venv/installed

.PHONY: notebook
notebook: build .venv/notebook ## Open the notebooks in JupyterLab
	.venv/bin/jupyter-lab $$([ "$$(id -u)" != 0 ] || echo --allow-root) notebooks

.venv/notebook: notebooks/requirements.lock .venv/installed
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r notebooks/requirements.lock
	@touch .venv/notebook

.PHONY: replicate
replicate: build ## Reproduce published studies, figure by figure
	@./needle replicate

.PHONY: coverage
coverage: build ## Compare found with true effects: 20 companies, and panels for every estimator
	@./needle coverage --seeds 20 --out docs/coverage.md

.PHONY: prove
prove: ## Compare runs over split deliveries with one clean run, row for row (five minutes)
	@bin/require java
	$(TEST_MVN) -pl pipelines -am test -Dtest=IncrementalProof -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: bench
bench: build .peers/installed ## Time every layer at three sizes, and estimates beside Python packages
	@bin/bench
	.peers/bin/python bin/bench-peers

.PHONY: bench-peers
bench-peers: build .peers/installed ## Time estimates beside Python packages
	.peers/bin/python bin/bench-peers

.peers/installed: pipelines/src/test/peers/requirements.txt
	@bin/require python
	@rm -rf .peers
	@python3 -m venv .peers
	.peers/bin/pip install --quiet --disable-pip-version-check -r pipelines/src/test/peers/requirements.txt
	@touch .peers/installed

.PHONY: docs
docs: build ## Write the generated documents anew
	@./needle tables --markdown > docs/data-dictionary.md
	@./needle graph --format json > dags/job_graph.json

.PHONY: clean
clean: ## Remove what was built, simulated and computed here
	@rm -rf jobs/target pipelines/target simulated warehouse
