#include "lib/spool/defer_log.h"

#include "lib/mail/envelope.h"
#include "tests/unit/lib/spool/scratch_queue.h"

namespace {

using namespace spool;
using namespace spool_test;

const DeferEntry entry = {"\"o d\"@b.example",
                          "list@b.example",
                          238,
                          "rfc822;a+2Bb@c.example",
                          mail::notify_failure,
                          {5, 1, 1},
                          "550 no",
                          "mx.example",
                          "said no"};

TEST(DeferLog, ReadsWhatItAppended) {
    ScratchQueue scratch;
    DeferEntry other{"c@d.example", "", 5, "", 0, {4, 4, 1}, "", "", "two\nlines"};
    EXPECT_TRUE(read_log(scratch.folders, DeferLog::defer, "AAAA1").empty());
    append_log(scratch.folders, DeferLog::defer, "AAAA1", {entry}, false);
    append_log(scratch.folders, DeferLog::defer, "AAAA1", {other}, true);
    other.reason = "two lines";
    EXPECT_EQ(read_log(scratch.folders, DeferLog::defer, "AAAA1"),
              (std::vector<DeferEntry>{entry, other}));
    EXPECT_TRUE(read_log(scratch.folders, DeferLog::bounce, "AAAA1").empty());
    remove_log(scratch.folders, DeferLog::defer, "AAAA1");
    remove_log(scratch.folders, DeferLog::defer, "AAAA1");
    EXPECT_TRUE(read_log(scratch.folders, DeferLog::defer, "AAAA1").empty());
}

TEST(DeferLog, LeavesOutWhatWasCutShort) {
    std::string one = log_text(DeferLog::bounce, entry);
    EXPECT_NE(one.find("\naction=failed\n"), one.npos);
    EXPECT_NE(one.find("\ndsn_orig_rcpt=rfc822;a+b@c.example\n"), one.npos);
    for (size_t n = 0; n <= 2 * one.size(); ++n)
        EXPECT_EQ(parse_log((one + one).substr(0, n)).size(),
                  (n >= one.size()) + (n >= 2 * one.size()))
            << n;
}

TEST(DeferLog, AnAddressCannotForgeALine) {
    DeferEntry forged = entry;
    forged.recipient = "a\noffset=1\n\n<x>@b";
    auto read = parse_log(log_text(DeferLog::defer, forged));
    ASSERT_EQ(read.size(), 1u);
    EXPECT_EQ(read[0].mark, 238u);
    EXPECT_EQ(read[0].recipient, "a offset=1  <x>@b");
}

}  // namespace
