# kbtriage: one Makefile. `make` builds build/kbt; `make run` serves the page; `make test` runs every test.
# V=1 shows the commands. CC, CFLAGS, CPPFLAGS, LDFLAGS, PREFIX and DESTDIR are honoured.

CC      ?= cc
PREFIX  ?= /usr/local
BUILD   ?= build
PYTHON  ?= python3
CFLAGS  ?= -O2 -g
Q       := $(if $(V),,@)

VERSION := 0.1.0
PKGS    := sqlite3 libmicrohttpd libcjson libarchive libcares libmnl yaml-0.1 libzstd libxxhash md4c libseccomp libsodium gnutls libsystemd zlib liblzma
WARN    := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror
# A level of _FORTIFY_SOURCE that the caller names goes before ours; without optimizing there is none.
LEVEL    = $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS))$(filter -O0,$(lastword -O0 $(filter -O%,$(CFLAGS)))),,2)
HARDEN   = -fstack-protector-strong -fPIE $(if $(LEVEL),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(LEVEL))
STD     := -std=c17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Iengine -I. -I$(BUILD)/gen -DKBT_VERSION='"$(VERSION)"' -DKBT_SHARE='"$(PREFIX)/share/kbtriage"' \
           -DKBT_GEN='"$(BUILD)/gen"'

# What apt must bring: to build and run, and to test.
DEPS     := build-essential pkg-config libsqlite3-dev libmicrohttpd-dev libcjson-dev libarchive-dev libc-ares-dev \
            libmnl-dev libyaml-dev libzstd-dev libxxhash-dev libmd4c-dev libseccomp-dev libstemmer-dev libsodium-dev libgnutls28-dev \
            libsystemd-dev zlib1g-dev liblzma-dev libbz2-dev
DEPS_DEV := $(DEPS) libcmocka-dev libvectorscan-dev ripgrep clang clang-tidy libclang-rt-14-dev python3 python3-xapian zstd chromium \
            $(if $(shell command -v npm),,nodejs npm) iproute2 nftables samba smbclient dnsmasq-base openssl hey \
            prometheus-blackbox-exporter systemd-journal-remote groff-base zsh fish

# Evaluated when a recipe needs it, so that `make deps` works on a machine without the packages.
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS   = $(shell pkg-config --libs $(PKGS))
ALL_CFLAGS = $(STD) $(WARN) $(HARDEN) $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS) -pthread
ALL_LIBS   = $(LDFLAGS) -pie -Wl,-z,relro,-z,now $(PKG_LIBS) -lstemmer -lbz2 -lm -pthread

ENGINE := $(wildcard engine/*/*.c)
APP    := $(wildcard cli/*.c)
WEB    := $(wildcard web/*.c)
UNIT   := $(wildcard tests/unit/*/test_*.c)
FUZZ   := $(wildcard tests/fuzz/fuzz_*.c)
GOLDEN := $(wildcard tests/golden/*.c)
BENCH  := $(wildcard tests/bench/*.c)
MAINS  := tests/main/replay.c tests/main/golden.c
OBJ     = $(1:%.c=$(BUILD)/%.o)
LIB    := $(BUILD)/libkbt.a
WEBLIB := $(BUILD)/libweb.a
HAVE_CMOCKA = $(shell pkg-config --exists cmocka && echo yes)
PROGRAMS = $(if $(HAVE_CMOCKA),$(UNIT:%.c=$(BUILD)/%)) $(FUZZ:%.c=$(BUILD)/%) $(GOLDEN:%.c=$(BUILD)/%)

.PHONY: all run deps deps-dev test programs objects asan asan-programs bench fuzz lab layers lint install uninstall clean golden force
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BUILD)/kbt
	@:

$(BUILD)/kbt: $(call OBJ,$(APP)) $(WEBLIB) $(LIB)
	@echo "link  $@"
	$(Q)$(CC) -o $@ $^ $(ALL_LIBS)

$(LIB): $(call OBJ,$(ENGINE))
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(WEBLIB): $(call OBJ,$(WEB))
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/web/static.o: $(wildcard web/static/*) $(addprefix $(BUILD)/gen/static/,app.css app.js logs.js)

# What the page loads, without indents and lines that are a comment; the sheet behind what it shares with reports.
$(BUILD)/gen/static/app.css: engine/render/look.css
$(BUILD)/gen/static/%: web/static/%
	@mkdir -p $(@D)
	$(Q)sed -e 's/^\t*//' -e '/^\/\*.*\*\/$$/d' $(filter engine/%,$^) $< >$@

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "cc    $<"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What names the prefix is compiled again where it is another one.
$(BUILD)/cli/cmd.o: $(BUILD)/gen/prefix
$(BUILD)/gen/prefix: force
	@mkdir -p $(@D)
	$(Q)echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@

# What every line of a log and every message of a look-up goes through is worth the compiler's longer work.
$(call OBJ,$(wildcard engine/match/*.c engine/scan/*.c)): CFLAGS := $(CFLAGS:-O2=-O3)

$(call OBJ,engine/store/import.c): $(BUILD)/gen/store/schema.sql.h
$(call OBJ,engine/match/language.c): $(BUILD)/gen/match/language.txt.h
$(call OBJ,engine/match/sayings.c): $(BUILD)/gen/match/sayings.txt.h
$(call OBJ,engine/match/glossary_words.c): $(patsubst engine/%,$(BUILD)/gen/%.h,$(wildcard engine/match/glossary/*.txt))
$(call OBJ,engine/render/scan_html.c): $(BUILD)/gen/render/scan_report.css.h $(BUILD)/gen/render/look.css.h

# A text file becomes one C string: engine/store/schema.sql in gen/store/schema.sql.h.
$(BUILD)/gen/%.h: engine/%
	@mkdir -p $(@D)
	$(Q)sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $< >$@

# What apt must bring. dpkg says quickly what is there; without root the line to type is printed.
define apt_install
@have=" $$(dpkg-query -W -f='$${db:Status-Status}:$${Package} ' $(1) 2>/dev/null) "; miss=; \
for p in $(1); do case "$$have" in *" installed:$$p "*) ;; *) miss="$$miss $$p" ;; esac; done; \
[ -z "$$miss" ] && exit 0; \
if ! command -v apt-get >/dev/null; then pkg-config --exists $(PKGS) && exit 0; fi; \
if [ "$$(id -u)" != 0 ]; then echo "these packages are missing:$$miss"; \
	echo "  sudo apt-get install -y --no-install-recommends$$miss"; exit 2; fi; \
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$miss
endef

deps:
	$(call apt_install,$(DEPS))

# playwright-core and axe-core for the tests of the web page; chromium itself comes from apt.
deps-dev:
	$(call apt_install,$(DEPS_DEV))
	@if [ -f tests/e2e/web/package.json ] && ! [ -d tests/e2e/web/node_modules ]; then \
		cd tests/e2e/web && npm ci --ignore-scripts --no-audit --no-fund --silent; fi

run: deps
	$(Q)$(MAKE) --no-print-directory all
	$(BUILD)/kbt import --db $(BUILD)/kb.db kb/
	$(BUILD)/kbt serve --db $(BUILD)/kb.db || test $$? = 130

# A test is a program of its own; corpus and golden programs take their main from tests/main.
programs: $(BUILD)/kbt $(PROGRAMS)

objects: $(call OBJ,$(ENGINE) $(APP) $(WEB) $(if $(HAVE_CMOCKA),$(UNIT)) $(FUZZ) $(GOLDEN) $(MAINS))

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(WEBLIB) $(LIB)
	$(Q)$(CC) -o $@ $^ $(ALL_LIBS) -lcmocka

$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/main/replay.o $(WEBLIB) $(LIB)
	$(Q)$(CC) -o $@ $^ $(ALL_LIBS)

$(BUILD)/tests/golden/%: $(BUILD)/tests/golden/%.o $(BUILD)/tests/main/golden.o $(LIB)
	$(Q)$(CC) -o $@ $^ $(ALL_LIBS)

# The bare pass of Vectorscan is a peer of the benchmark.
$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(LIB)
	$(Q)$(CC) -o $@ $^ $(ALL_LIBS) $(shell pkg-config --libs libhs)

# As many at once as there are cores, where nobody said how many.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

# Without root and without the development packages, what needs them is skipped and says so.
test:
	-@$(MAKE) --no-print-directory deps-dev
	@$(MAKE) --no-print-directory $(JOBS) programs
	@$(PYTHON) tests/run.py --build $(BUILD)

asan-programs:
	@$(MAKE) --no-print-directory $(JOBS) programs BUILD=build/asan CFLAGS="-O1 -g -fno-omit-frame-pointer \
		-fsanitize=address,undefined -fno-sanitize-recover=all" LDFLAGS="-fsanitize=address,undefined"

asan: asan-programs
	@$(PYTHON) tests/run.py --build build/asan unit corpus golden

golden: $(GOLDEN:%.c=$(BUILD)/%)
	@for p in $(GOLDEN:tests/golden/%.c=%); do $(BUILD)/tests/golden/$$p --write tests/golden/$$p/*.in || exit 1; done
	@[ ! -x build/kbt ] || $(PYTHON) tests/e2e/test_readme.py --write
	@git diff --stat tests/golden README.md

# FUZZ_SECONDS each, with libFuzzer; what it finds lands in build/fuzz.
FUZZ_SECONDS ?= 60
fuzz:
	@$(MAKE) --no-print-directory build/fuzz/libweb.a build/fuzz/libkbt.a $(FUZZ:%.c=build/fuzz/%.o) BUILD=build/fuzz CC=clang \
		CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,address,undefined"
	@for f in $(FUZZ:tests/fuzz/fuzz_%.c=%); do mkdir -p build/fuzz/corpus/$$f; \
		clang -fsanitize=fuzzer,address,undefined -o build/fuzz/$$f build/fuzz/tests/fuzz/fuzz_$$f.o \
			build/fuzz/libweb.a build/fuzz/libkbt.a $(PKG_LIBS) -lstemmer -lbz2 -lm -pthread && \
		build/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
			-artifact_prefix=build/fuzz/$$f- build/fuzz/corpus/$$f $$(ls -d tests/corpus/$$f 2>/dev/null) \
			2>&1 | tail -n 15 || exit 1; done

bench: $(BUILD)/kbt $(BENCH:%.c=$(BUILD)/%)
	@$(PYTHON) tests/bench/run.py --build $(BUILD)

lab: $(BUILD)/kbt
	@$(PYTHON) tests/lab/run_lab.py $(BUILD)/kbt "" "" "$(NAMES)"

layers:
	@$(PYTHON) tests/layers.py

lint:
	@PKG_CFLAGS="$(PKG_CFLAGS)" $(PYTHON) tests/lint.py --build $(BUILD)

# What goes where below the prefix; kb/ and the unit, which names the prefix, go beside them.
INSTALLED := cli/man/kbt.1=share/man/man1/kbt.1 cli/completions/kbt.bash=share/bash-completion/completions/kbt \
             cli/completions/_kbt=share/zsh/site-functions/_kbt cli/completions/kbt.fish=share/fish/vendor_completions.d/kbt.fish
SERVICE   := lib/systemd/system/kbt-serve.service
ROOT       = $(DESTDIR)$(PREFIX)

install: all
	install -D -m 755 $(BUILD)/kbt "$(ROOT)/bin/kbt"
	@for f in $(INSTALLED); do install -D -m 644 "$${f%=*}" "$(ROOT)/$${f#*=}" || exit; done
	@sed 's|@PREFIX@|$(PREFIX)|' cli/systemd/kbt-serve.service | install -D -m 644 /dev/stdin "$(ROOT)/$(SERVICE)"
	@find kb -type f | while read -r f; do install -D -m 644 "$$f" "$(ROOT)/share/kbtriage/$$f" || exit; done

# Only what was installed: somebody's own articles beside ours stay.
uninstall:
	cd "$(ROOT)/" && rm -f bin/kbt $(SERVICE) $(foreach f,$(INSTALLED),$(lastword $(subst =, ,$f)))
	@find kb -type f | while read -r f; do rm -f "$(ROOT)/share/kbtriage/$$f" || exit; done
	@! test -d "$(ROOT)/share/kbtriage" || find "$(ROOT)/share/kbtriage" -depth -type d -empty -delete

clean:
	rm -rf build $(BUILD)

-include $(patsubst %.o,%.d,$(call OBJ,$(ENGINE) $(APP) $(WEB) $(UNIT) $(FUZZ) $(GOLDEN) $(BENCH) $(MAINS)))
