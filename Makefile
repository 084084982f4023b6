# A thin front for meson and ninja. Every target sets up what it needs; see tools/setup.
BUILD := build
SANITIZE := build-sanitize
FUZZ_SECONDS ?= 60

.PHONY: all brief test sanitize fuzz fmt clean setup

all: setup
	@ninja -C $(BUILD) --quiet >$(BUILD)/ninja.log || { cat $(BUILD)/ninja.log; exit 1; }

setup:
	@tools/setup build
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) --buildtype=debugoptimized >/dev/null

brief: all
	@$(BUILD)/quid brief deals/us-japan/deal.quid

test: setup
	@tools/setup test
	@ninja -C $(BUILD) --quiet >$(BUILD)/ninja.log || { cat $(BUILD)/ninja.log; exit 1; }
	@tools/run-tests $(BUILD)

# The same tests with the address and undefined-behaviour sanitizers; the first finding ends a test.
sanitize: setup
	@tools/setup test
	@test -f $(SANITIZE)/build.ninja || meson setup $(SANITIZE) -Db_sanitize=address,undefined \
		-Db_lundef=false -Dc_args=-fno-sanitize-recover=all >/dev/null
	@ninja -C $(SANITIZE) --quiet
	@tools/run-tests $(SANITIZE)

fuzz: setup
	@tools/setup fuzz
	@tools/fuzz $(FUZZ_SECONDS)

fmt:
	@tools/setup fmt
	@git ls-files 'src/*.[ch]' 'include/*.h' 'tests/*.[ch]' 'fuzz/*.c' | xargs clang-format-14 -i

clean:
	@rm -rf $(BUILD) $(SANITIZE) build-fuzz
