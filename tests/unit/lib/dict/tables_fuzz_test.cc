#include <gtest/gtest.h>

#include "tests/unit/lib/dict/table_world.h"
#include "tests/unit/lib/esmtp/fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_tables
#include "tests/fuzz/tables.cc"
#undef LLVMFuzzerTestOneInput

namespace {

TEST(TablesFuzz, PiecesInAnyOrderDoNoHarm) {
    std::vector<std::string> pieces = {
        "/",     "if ",  "endif\n", "!",        "\n",   " ",          "\t",  "a",       "$1",
        "${1",   "${1}", "$(2)",    "$",        "$$",   "\\",         "\"",  "{",       "}",
        "=",     ",",    "#",       "10.0.0.0", "/8",   "2001:db8::", "[",   "]",       "/33",
        "if !/", "/i ",  "KEY",     "\xc3\x9f", "\xff", "smtp:[a]",   "::1", "/a/ b\n", "a b\n",
    };
    dict_test::log_lines([&] { esmtp_test::run_corpus(fuzz_tables, pieces, 5000); });
}

}  // namespace
