# What can be done here, one word each. Nothing has to be prepared by hand: every target first installs the
# Debian packages that are missing (as root; silent when there are none).
#
#   JOBS=2      compilers at once; by default one a processor, and 1.5 GB of free memory for each
#   FOR=45s     make run: ends by itself after that long, with a summary; make fuzz: for each target;
#               make bench: how long its measurements last
#   SPEED=60    make run: how many times as fast as the wall
#   CHAOS=1     make run: things go wrong as that seed says, and are judged at the end

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

JOBS ?= $(shell awk -v n=$$(nproc) '/^MemAvailable/ { m = int($$2 / 1500000); if (m < n) n = m } \
                                   END { print n < 1 ? 1 : n }' /proc/meminfo)
CTEST := ctest -j2 --output-on-failure --no-label-summary --no-tests=error

export FOR SPEED CHAOS JOBS

.PHONY: help bootstrap clang build run test lint bench torture fuzz asan tsan clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s%s\n", $$1, $$2 }' Makefile

bootstrap:
	@scripts/bootstrap

clang:
	@scripts/bootstrap lint

build/fuzz/build.ninja: | clang

# A preset is configured once; from then on ninja notices by itself what cmake has to look at again.
build/%/build.ninja: CMakePresets.json | bootstrap
	@mkdir -p build; cmake --preset $* >build/$*.log 2>&1 || { cat build/$*.log; exit 1; }
	@touch $@

build: build/release/build.ninja bootstrap ## build/release/bin/takt with takt-witness and takt-check, and the example fleet's program
	@cmake --build build/release -j $(JOBS) --target takt takt-witness takt-check social-bot

run: build ## the example fleet, an hour a minute, until Ctrl-C or FOR=45s
	@examples/social-bot/run.sh

test: build/dev/build.ninja bootstrap ## every test
	@cmake --build build/dev -j $(JOBS)
	@$(CTEST) --test-dir build/dev | tee build/test.log && code=0 || code=$$?; \
	 grep 'tests passed' build/test.log | tail -1; exit $$code

asan: build/asan/build.ninja bootstrap ## every test, with AddressSanitizer and UndefinedBehaviorSanitizer
	@cmake --build build/asan -j $(JOBS)
	@$(CTEST) --test-dir build/asan

# ThreadSanitizer of gcc 12 needs the old, smaller randomisation of addresses.
tsan: build/tsan/build.ninja bootstrap ## every test, with ThreadSanitizer
	@cmake --build build/tsan -j $(JOBS)
	@$$(setarch -R true 2>/dev/null && echo setarch -R) $(CTEST) --test-dir build/tsan

lint: build/dev/build.ninja ## the floors, formatting and clang-tidy
	@scripts/bootstrap lint
	@$(CTEST) --test-dir build/dev -R '^Floors[.]'
	@scripts/lint build/dev

bench: build/release/build.ninja bootstrap ## the measurements, as tables
	@cmake --build build/release -j $(JOBS)
	@shopt -s nullglob; code=0; for bench in build/release/bin/*_bench; do \
	   echo; echo "== $${bench##*/}"; "$$bench" || code=$$?; done; exit $$code

torture: build/dev/build.ninja bootstrap ## campaigns too long for make test: seeds, SIGKILLs, deaths by system call, fuzzing
	@cmake --build build/dev -j $(JOBS) --target takt takt-witness takt-check social-bot takt_sim_test
	@for campaign in tests/torture/*.sh; do "$$campaign"; done
	@$(MAKE) fuzz FOR=$(or $(FOR),60s)

fuzz: build/fuzz/build.ninja bootstrap ## every parser against libFuzzer, FOR=60s each
	@cmake --build build/fuzz -j $(JOBS) --target takt_fuzzers
	@FOR=$(or $(FOR),60s) tests/fuzz/run.sh

clean: ## removes everything that was built
	@rm -rf build
