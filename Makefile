# A thin front for meson and ninja. Every target sets up what it needs; see tools/setup.
BUILD := build
SANITIZE := build-sanitize
FUZZ_SECONDS ?= 60

.PHONY: all brief test sanitize tsan msan analyse fuzz bench bless fmt deb clean setup

all: setup
	@ninja -C $(BUILD) --quiet >$(BUILD)/ninja.log || { cat $(BUILD)/ninja.log; exit 1; }

# Without a network, or where the page's tools are not to be had, the command is built without its page.
PAGE := { tools/setup web && tools/web-packages; } || echo "make: goes on without the page (quid brief --html)" >&2

setup:
	@tools/setup build
	@$(PAGE)
	@tools/configure $(BUILD) --buildtype=debugoptimized

brief: all
	@$(BUILD)/quid brief deals/us-japan/deal.quid

# What the tests need is installed before meson looks for it, and meson then refuses to do without.
test:
	@tools/setup build test
	@$(PAGE)
	@tools/configure $(BUILD) --buildtype=debugoptimized -Dtests=enabled
	@ninja -C $(BUILD) --quiet >$(BUILD)/ninja.log || { cat $(BUILD)/ninja.log; exit 1; }
	@tools/run-tests $(BUILD)

# Rewrites the golden outputs: read the diff before it is committed.
bless: all
	@tests/golden/outputs $(BUILD)/quid --bless

# The same tests with the address and undefined-behaviour sanitizers; the first finding ends a test.
sanitize:
	@tools/setup build test
	@tools/configure $(SANITIZE) -Dtests=enabled -Db_sanitize=address,undefined -Db_lundef=false \
		-Dc_args=-fno-sanitize-recover=all
	@ninja -C $(SANITIZE) --quiet
	@tools/run-tests $(SANITIZE)

# The tests that use threads, under the thread sanitizer.
tsan:
	@tools/setup build test
	@tools/configure build-tsan -Dtests=enabled -Db_sanitize=thread -Db_lundef=false -Doptimization=1
	@ninja -C build-tsan --quiet >build-tsan/ninja.log || { cat build-tsan/ninja.log; exit 1; }
	@tools/run-tests build-tsan --suite threads --timeout-multiplier 3

# All tests but those of JSON under clang's memory sanitizer: reads of what was never written.
msan:
	@tools/setup build test fuzz web
	@tools/web-packages
	@CC=clang tools/configure build-msan -Dtests=enabled -Db_sanitize=memory -Db_lundef=false -Doptimization=1
	@ninja -C build-msan --quiet >build-msan/ninja.log || { cat build-msan/ninja.log; exit 1; }
	@tools/run-tests build-msan --no-suite packed --timeout-multiplier 3

# clang-tidy, cppcheck, gcc's -fanalyzer, shellcheck.
analyse:
	@tools/setup build analyse
	@tools/analyse

fuzz:
	@tools/setup build fuzz
	@tools/fuzz $(FUZZ_SECONDS)

# One table: every hot path beside peers, bounds and targets (docs/performance.md takes it). GAMBIT_LOGIT, OPENSPIEL_CFR
# and QUID_MPI may name builds of those; BENCH_SLOW=1 also runs what takes a peer a minute.
bench:
	@tools/setup build bench
	@$(PAGE)
	@tools/configure build-bench --buildtype=release
	@tools/bench build-bench

# Debian packages of the program and of the library, tried out in a bare root.
deb:
	@tools/setup build deb
	@$(PAGE)
	@tools/deb

fmt:
	@tools/setup fmt
	@git ls-files 'src/*.[ch]' 'include/*.h' 'tests/*.[ch]' 'fuzz/*.c' 'bench/*.[ch]' | xargs clang-format-14 -i
	@$(PAGE)
	@build-web/node_modules/.bin/prettier --config src/web/page/package.json --log-level warn --write \
		'src/web/page/*.ts' src/web/page/build.mjs src/web/page/style.css 'tests/*/*.mjs'

clean:
	@rm -rf $(BUILD) $(SANITIZE) build-tsan build-msan build-analyse build-fuzz build-bench build-deb build-web
