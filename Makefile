# Every verb of the project; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

MVN := $(shell command -v mvn >/dev/null 2>&1 && echo mvn || echo ./mvnw) -B -q
COMMIT := $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
JAVA_SOURCES := $(shell find jobs/src/main pipelines/src/main -type f) pom.xml jobs/pom.xml pipelines/pom.xml
LAUNCHER := pipelines/target/needle.args

.PHONY: help
help: ## List the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.PHONY: build
build: $(LAUNCHER) ## Compile, and prepare the needle command

$(LAUNCHER): $(JAVA_SOURCES) bin/launcher-args
	@bin/require java
	@$(MVN) package -DskipTests -Dspotless.check.skip=true -Dneedle.commit=$(COMMIT)
	@bin/launcher-args "$(CURDIR)/pipelines/target"
