# kbtriage: one Makefile. `make` builds build/kbt; `make run` serves the page; `make test` runs every test.
# V=1 shows the commands. CC, CFLAGS, CPPFLAGS, LDFLAGS, PREFIX and DESTDIR are honoured.

CC      ?= cc
PREFIX  ?= /usr/local
BUILD   ?= build
PYTHON  ?= python3
CFLAGS  ?= -O2 -g
Q       := $(if $(V),,@)

VERSION := 0.1.0
PKGS    := sqlite3 libmicrohttpd libcjson libarchive libcares libmnl yaml-0.1 libzstd libxxhash
WARN    := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror
HARDEN  := -fstack-protector-strong -fPIE -D_FORTIFY_SOURCE=2
STD     := -std=c17 -D_GNU_SOURCE -Iengine -I. -DKBT_VERSION='"$(VERSION)"' -DKBT_SHARE='"$(PREFIX)/share/kbtriage"'

# What apt must bring: to build and run, and to test.
DEPS     := build-essential pkg-config libsqlite3-dev libmicrohttpd-dev libcjson-dev libarchive-dev libc-ares-dev \
            libmnl-dev libyaml-dev libzstd-dev libxxhash-dev
DEPS_DEV := $(DEPS) libcmocka-dev clang clang-tidy libclang-rt-14-dev python3 zstd nodejs npm chromium \
            iproute2 nftables samba smbclient dnsmasq-base

# Evaluated when a recipe needs it, so that `make deps` works on a machine without the packages.
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS   = $(shell pkg-config --libs $(PKGS))
ALL_CFLAGS = $(STD) $(WARN) $(HARDEN) $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS) -pthread
ALL_LIBS   = $(LDFLAGS) -pie -Wl,-z,relro,-z,now $(PKG_LIBS) -lm -pthread

ENGINE := $(wildcard engine/*/*.c)
APP    := $(wildcard cli/*.c web/*.c)
UNIT   := $(wildcard tests/unit/*/*.c)
FUZZ   := $(wildcard tests/fuzz/*.c)
OBJ     = $(1:%.c=$(BUILD)/%.o)
LIB    := $(BUILD)/libkbt.a

.PHONY: all run deps deps-dev test asan bench fuzz lab layers lint install clean golden
.DELETE_ON_ERROR:

all: $(BUILD)/kbt

$(BUILD)/kbt: $(call OBJ,$(APP)) $(LIB)
	@echo "link  $@"
	$(Q)$(CC) -o $@ $^ $(ALL_LIBS)

$(LIB): $(call OBJ,$(ENGINE))
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "cc    $<"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

-include $(patsubst %.o,%.d,$(call OBJ,$(ENGINE) $(APP) $(UNIT) $(FUZZ)))

clean:
	rm -rf $(BUILD)
