# Posthaste: `make help` lists the targets.
#
# One archive holds every .cc file except the main.cc of a program and the files in commands/, which
# are one program each. Objects of each VARIANT (release, asan, tsan) live in a tree of their own.

BUILD    ?= build
VARIANT  ?= release
CXX      ?= g++
PREFIX   ?= /usr
SYSCONF  ?= /etc
SBINDIR  ?= $(PREFIX)/sbin
LIBEXEC  ?= $(PREFIX)/libexec/posthaste
MANDIR   ?= $(PREFIX)/share/man
CONFIG_DIR ?= $(SYSCONF)/postfix
# Group of the commands that users reach the queue through: setgid_group of main.cf.
SETGID_GROUP ?= postdrop

# A daemon is a folder with a main.cc; the ones an administrator types land in bin/.
DAEMONS  := $(sort $(patsubst %/main.cc,%,$(wildcard */main.cc)))
BIN_DIRS := $(filter postfix postconf postmap postrelay sendmail,$(DAEMONS))
LIBEXEC_DIRS := $(filter-out $(BIN_DIRS) tests bench,$(DAEMONS))
COMMANDS := $(sort $(patsubst commands/%.cc,%,$(wildcard commands/*.cc)))

WARNINGS := -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Werror
MODE_release := -O2 $(if $(QUICK),-g0,-g1) -D_GLIBCXX_ASSERTIONS
# Null, misaligned and foreign objects are what ASan finds; UBSan's checks for them double the build.
MODE_asan    := -O0 -g1 -fsanitize=address,undefined -fno-sanitize=null,alignment,object-size,vptr \
                -fno-sanitize-recover=undefined -fno-omit-frame-pointer -D_GLIBCXX_ASSERTIONS
MODE_tsan    := -O1 -g1 -fsanitize=thread -fno-omit-frame-pointer
MODE     := $(MODE_$(VARIANT))
# The compiler collects its garbage from 600 MB on, which hardly a file comes to, instead of 128 MB:
# that made single large files a sixth faster.
COMPILE  := -std=c++20 -fcoroutines -pthread -MMD -MP -iquote . --param ggc-min-heapsize=600000
# What there is to warn of in a source the release build has said; under the sanitizers g++ 12 takes
# optionals that were tested for uninitialized ones.
CXXFLAGS_ALL := $(COMPILE) $(if $(filter release,$(VARIANT)),$(WARNINGS),-w) $(MODE) $(CXXFLAGS)
LIBS     := -Wl,--as-needed -levent_core -lldns -lssl -lcrypto -lgsasl -lsasl2 -lidn2 -ldb -lpcre2-8 -llmdb -lcdb -pthread
TEST_LIBS := -lgtest -lgmock

OUT      := $(BUILD)/$(VARIANT)
# Release programs land where the README says: build/bin and build/libexec.
BIN      := $(if $(filter release,$(VARIANT)),$(BUILD),$(OUT))/bin
LIBEXEC_OUT := $(if $(filter release,$(VARIANT)),$(BUILD),$(OUT))/libexec

# The thread sanitizer is for what has threads: only that and the floors below it are built for it.
TSAN_LIBS := base io mail config spool rewrite
LIB_DIRS := $(if $(filter tsan,$(VARIANT)),$(wildcard $(addprefix lib/,$(TSAN_LIBS))),$(sort $(wildcard lib/*)))
SOURCES  := $(wildcard $(addsuffix /*.cc,$(LIB_DIRS) $(if $(filter tsan,$(VARIANT)),,$(DAEMONS))))
ARCHIVED := $(filter-out %/main.cc,$(SOURCES))
# FLOORS limits the unit tests to some folders: make unit FLOORS="lib/io lib/spool"
FLOORS   ?= $(if $(filter tsan,$(VARIANT)),lib/io lib/spool)
TEST_SOURCES := $(sort $(shell find tests/unit $(if $(FLOORS),-false) -name '*.cc' 2>/dev/null) \
                $(if $(FLOORS),$(shell find $(addprefix tests/unit/,$(FLOORS)) -name '*.cc' 2>/dev/null) $(wildcard tests/unit/*.cc)))
ARCHIVE  := $(OUT)/posthaste.a
PROGRAMS := $(addprefix $(LIBEXEC_OUT)/,$(LIBEXEC_DIRS)) $(addprefix $(BIN)/,$(BIN_DIRS) $(COMMANDS))

all: programs

help:
	@echo 'make          build everything: commands in build/bin, daemons in build/libexec'
	@echo 'make run      see an instance at work in a scratch folder (no root needed)'
	@echo 'make check    lints, unit tests (also under sanitizers) and system tests'
	@echo 'make unit     unit tests; FILTER="Spool*" chooses, VARIANT=asan|tsan for sanitizers'
	@echo 'make system   system tests; NAMES="kill first_mail" chooses'
	@echo 'make lint     what every file must keep to'
	@echo 'make bench    messages a second and CPU a message, beside Debian'"'"'s Postfix'
	@echo 'make soak     the system tests at full length'
	@echo 'make fuzz     random input for the readers of what strangers send; SECONDS=60, NAMES="tables"'
	@echo 'make install  PREFIX, DESTDIR and CONFIG_DIR are honoured'
	@echo 'make deps     install the Debian packages that building and testing need'
	@echo 'make clean    remove build/'

objects = $(patsubst %.cc,$(OUT)/%.o,$(1))

# Standard headers are compiled ahead for all but the release build, where it shows what a .cc
# forgets to include. QUICK=yes does so there as well, and leaves out line numbers for debuggers.
# g++ 12 then takes those headers for our own code, and some of its warnings about that are wrong.
ifeq ($(VARIANT)$(QUICK),releaseyes)
CXXFLAGS_ALL += -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict
endif
ifneq ($(VARIANT)$(QUICK),release)
LIB_AHEAD := $(OUT)/standard.h
endif

$(OUT)/standard.h.gch: tests/standard.h
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS_ALL) -w -x c++-header $< -o $@

$(OUT)/%.o: %.cc $(LIB_AHEAD:=.gch)
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS_ALL) $(addprefix -include ,$(LIB_AHEAD)) -c $< -o $@

# Test code gains nothing from the optimizer; the address sanitizer is for the code under test, so
# release and asan link the same test objects.
MODE_plain   := -O0 -g1 -D_GLIBCXX_ASSERTIONS
TEST_VARIANT := $(if $(filter tsan,$(VARIANT)),tsan,plain)
TEST_OUT     := $(BUILD)/$(TEST_VARIANT)
TEST_CXXFLAGS := $(COMPILE) $(if $(filter plain,$(TEST_VARIANT)),$(WARNINGS),-w) $(MODE_$(TEST_VARIANT)) -O0 $(CXXFLAGS)
AHEAD        := $(TEST_OUT)/tests/ahead.h

$(AHEAD).gch: tests/ahead.h tests/standard.h
	@mkdir -p $(@D)
	$(CXX) $(TEST_CXXFLAGS) -w -x c++-header $< -o $@

$(TEST_OUT)/tests/%.o: tests/%.cc $(AHEAD).gch
	@mkdir -p $(@D)
	$(CXX) $(TEST_CXXFLAGS) -include $(AHEAD) -c $< -o $@

$(ARCHIVE): $(call objects,$(ARCHIVED))
	@mkdir -p $(@D)
	@rm -f $@
	ar crs $@ $^

$(addprefix $(LIBEXEC_OUT)/,$(LIBEXEC_DIRS)): $(LIBEXEC_OUT)/%: $(OUT)/%/main.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(CXX) $(MODE) $^ -o $@ $(LIBS)

$(addprefix $(BIN)/,$(BIN_DIRS)): $(BIN)/%: $(OUT)/%/main.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(CXX) $(MODE) $^ -o $@ $(LIBS)

$(addprefix $(BIN)/,$(COMMANDS)): $(BIN)/%: $(OUT)/commands/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(CXX) $(MODE) $^ -o $@ $(LIBS)

# lmtp is smtp by another name: its parameters and its protocol follow from that.
$(LIBEXEC_OUT)/lmtp: $(LIBEXEC_OUT)/smtp
	ln -sf smtp $@

programs: $(LIBEXEC_OUT)/lmtp

# mailq is postqueue by another name.
$(BIN)/mailq: $(BIN)/postqueue
	ln -sf postqueue $@

# posthaste is postfix by another name.
$(BIN)/posthaste: $(BIN)/postfix
	ln -sf postfix $@

# newaliases is sendmail by another name.
$(BIN)/newaliases: $(BIN)/sendmail
	ln -sf sendmail $@

# postalias is postmap by another name.
$(BIN)/postalias: $(BIN)/postmap
	ln -sf postmap $@

programs: $(PROGRAMS) $(BIN)/newaliases $(BIN)/mailq $(BIN)/posthaste $(BIN)/postalias

UNIT_NAME := unit$(if $(FLOORS),-part)
TEST_OBJECTS := $(patsubst %.cc,$(TEST_OUT)/%.o,$(TEST_SOURCES))
# The archive first: where both have an inline function, that of the code under test is taken.
$(OUT)/$(UNIT_NAME): $(ARCHIVE) $(TEST_OBJECTS)
	$(CXX) $(MODE) -Wl,--whole-archive $< -Wl,--no-whole-archive $(TEST_OBJECTS) -o $@ $(TEST_LIBS) $(LIBS)

unit-binary: $(OUT)/$(UNIT_NAME)

unit: unit-binary
	@python3 tests/unit/run.py $(OUT)/$(UNIT_NAME) $(if $(FILTER),--gtest_filter='$(FILTER)')

# Programs of the tests: a file each, nothing of the project linked in.
TOOLS := $(patsubst tests/tools/%.cc,$(BUILD)/tests/%,$(wildcard tests/tools/*.cc))

$(BUILD)/tests/%: tests/tools/%.cc
	@mkdir -p $(@D)
	$(CXX) -std=c++20 -O2 -pthread $(WARNINGS) $< -o $@

tools: $(TOOLS)

check:
	+@MAKE='$(MAKE)' python3 tests/check.py

lint:
	@CXX='$(CXX)' BUILD='$(BUILD)' python3 tests/lint/run.py

system: programs tools
	@python3 tests/system/run.py $(NAMES)

soak: programs tools
	@python3 tests/system/run.py --soak $(NAMES)

# Each fuzz target for a while, under the sanitizers: make fuzz SECONDS=60 NAMES="command tables".
FUZZ_TARGETS := $(patsubst tests/fuzz/%.cc,%,$(wildcard tests/fuzz/*.cc))
SECONDS ?= 5

$(OUT)/fuzz/%: $(OUT)/tests/fuzz/%.o $(OUT)/tests/fuzz/driver/main.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(CXX) $(MODE) $^ -o $@ $(LIBS)

fuzz-targets: $(addprefix $(OUT)/fuzz/,$(FUZZ_TARGETS))

.PRECIOUS: $(OUT)/tests/fuzz/%.o

fuzz:
	@$(MAKE) VARIANT=asan fuzz-targets
	@for target in $(or $(NAMES),$(FUZZ_TARGETS)); do \
	    seeds=tests/fuzz/seeds/$$target; [ -d $$seeds ] || seeds=; \
	    echo "fuzz $$target"; \
	    $(BUILD)/asan/fuzz/$$target $(SECONDS) $${SEED:-$$(date +%s)} $$seeds 2>&1 | tail -n 30 > $(BUILD)/fuzz.log; \
	    grep ' inputs, seed ' $(BUILD)/fuzz.log || { cat $(BUILD)/fuzz.log; exit 1; }; \
	done

# Parts alone: build/bench/spool_bench QUEUE_DIRECTORY, build/bench/dns_bench SERVER DOMAIN
$(BUILD)/bench/%: $(OUT)/bench/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(CXX) $(MODE) $^ -o $@ $(LIBS)

spool-bench: $(BUILD)/bench/spool_bench

bench: programs tools
	@python3 bench/bench.py
	@python3 bench/tables.py
	@python3 bench/tls_server.py

run:
	@tests/deps.sh build
	@$(MAKE) -s -j$$(nproc) programs
	@python3 -m tests.run.show

deps:
	@tests/deps.sh all

# Other names of installed programs, as far as these are built: name:program.
ALIASES := $(foreach pair,mailq:postqueue newaliases:sendmail,\
             $(if $(filter $(lastword $(subst :, ,$(pair))),$(BIN_DIRS) $(COMMANDS)),$(pair)))
INSTALLED_MAIN_CF := $(DESTDIR)$(CONFIG_DIR)/main.cf

# Configuration that is there already stays as it is.
install: programs
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBEXEC) $(DESTDIR)$(CONFIG_DIR)
	install $(addprefix $(BIN)/,$(BIN_DIRS) $(COMMANDS)) $(DESTDIR)$(SBINDIR)
	install $(addprefix $(LIBEXEC_OUT)/,$(LIBEXEC_DIRS)) $(DESTDIR)$(LIBEXEC)
	ln -sf smtp $(DESTDIR)$(LIBEXEC)/lmtp
	ln -sf postfix $(DESTDIR)$(SBINDIR)/posthaste
	@# Without root, or before the group is there, these work for the owner of the queue alone.
	for command in postdrop postqueue postlog; do \
	    chgrp $(SETGID_GROUP) $(DESTDIR)$(SBINDIR)/$$command && \
	    chmod 2555 $(DESTDIR)$(SBINDIR)/$$command || \
	    echo "$$command: not made set-group-ID $(SETGID_GROUP)"; done
	ln -sf postmap $(DESTDIR)$(SBINDIR)/postalias
	$(foreach pair,$(ALIASES),ln -sf $(SBINDIR)/$(lastword $(subst :, ,$(pair))) \
	    $(DESTDIR)$(PREFIX)/bin/$(firstword $(subst :, ,$(pair)));)
	for page in man/*.[1-8]; do \
	    install -D -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page#man/} || exit 1; done
	ln -sf postfix.1 $(DESTDIR)$(MANDIR)/man1/posthaste.1
	[ -e $(INSTALLED_MAIN_CF) ] || { install -m 644 conf/main.cf $(INSTALLED_MAIN_CF) && \
	    printf '\n# Where the programs are.\ncommand_directory = %s\ndaemon_directory = %s\n' \
	        $(SBINDIR) $(LIBEXEC) >> $(INSTALLED_MAIN_CF); }
	[ -e $(DESTDIR)$(CONFIG_DIR)/master.cf ] || \
	    install -m 644 conf/master.cf $(DESTDIR)$(CONFIG_DIR)/master.cf

clean:
	rm -rf $(BUILD)

-include $(patsubst %.cc,$(OUT)/%.d,$(SOURCES) $(wildcard commands/*.cc)) $(TEST_OBJECTS:.o=.d)

.PHONY: all programs unit unit-binary tools check lint system soak fuzz fuzz-targets bench install spool-bench run deps help clean
