# make demo   builds everything (installing what is missing) and shows a backup and a restore for another cluster
# make check  all tests, plain and under AddressSanitizer and UndefinedBehaviorSanitizer
# make check-long   the same with more rounds, and 30 minutes of mixed load with faults (SOAK_MINUTES)
# make fuzz SECONDS=600   each fuzz target for so long, two at a time
# make bench  measures; README quotes its table
# make dist-velero   the directory to copy into Velero's plugin directory (DIST=dist/velero; ARCH=arm64)
# make install DESTDIR= PREFIX=/usr/local
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
DIST ?= dist/velero
ARCH ?= amd64

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	tools/install-deps build
	meson setup $(BUILD) -Dtests=auto >/dev/null

demo: all
	examples/demo $(BUILD)

check:
	tools/install-deps test
	tests/check

check-long:
	tools/install-deps test
	tests/check --long

fuzz:
	tools/install-deps test
	tests/fuzz/run $(SECONDS)

bench:
	tools/install-deps test
	tests/bench/run

dist-velero:
	tools/install-deps dist
	ARCH=$(ARCH) tools/dist-velero $(DIST)

install:
	tools/install-deps build
	[ -f $(BUILD)-install/build.ninja ] || meson setup $(BUILD)-install --prefix=$(PREFIX) -Dtests=disabled --buildtype=release >/dev/null
	meson configure $(BUILD)-install --prefix=$(PREFIX)
	meson install -C $(BUILD)-install --destdir="$(DESTDIR)"

format:
	git ls-files '*.c' '*.h' | grep -v -e types_table -e frozen-1.0 | xargs clang-format-14 -i

clean:
	rm -rf $(BUILD) $(BUILD)-*

.PHONY: all demo check check-long fuzz bench dist-velero install format clean
