#include <gtest/gtest.h>

#include "lib/spool/queue_record.h"
#include "tests/unit/lib/esmtp/fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_queue_file
#include "tests/fuzz/queue_file.cc"
#undef LLVMFuzzerTestOneInput

namespace {

std::string piece(char type, std::string_view data) {
    std::string out;
    spool::append_record(out, type, data);
    return out;
}

TEST(QueueFileFuzz, PiecesInAnyOrderDoNoHarm) {
    std::vector<std::string> pieces = {
        piece('C', "             20              40               1               0"),
        piece('T', "1795370392 1"),
        piece('T', "-1 x"),
        piece('S', "s@a.example"),
        piece('S', ""),
        piece('A', "notify_flags=12"),
        piece('A', "posthaste_size=7"),
        piece('A', "="),
        piece('O', "o o@b.example"),
        piece('R', "r@b.example"),
        piece('D', std::string("\0\"@", 3)),
        piece('p', "              0"),
        piece('p', "             12"),
        piece('p', "99999999999999999999"),
        piece('M', ""),
        piece('N', ".text"),
        piece('L', std::string(300, 'x')),
        piece('X', ""),
        piece('E', ""),
        piece('E', "").substr(0, 1),
        "\xff",
    };
    // So that many are whole.
    pieces.push_back(pieces[1] + pieces[3] + pieces[9] + pieces[14] + pieces[15] + pieces[17] +
                     pieces[18]);
    pieces.push_back(pieces[1] + pieces[3]);
    pieces.push_back(pieces[14] + pieces[17] + pieces[18]);
    esmtp_test::run_corpus(fuzz_queue_file, pieces, 5000);
}

}  // namespace
