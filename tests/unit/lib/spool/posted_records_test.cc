// What a local user may hand in, record by record.
#include "lib/spool/posted_records.h"

#include <gtest/gtest.h>

namespace {

using spool::PostedRecords;

// The records that go into the file; "!" where one is refused, "?" where the end never comes.
std::string kept(std::string_view types, std::string_view attribute = "encoding=8bit") {
    PostedRecords rules;
    std::string out;
    for (char type : types) {
        try {
            auto verdict = rules.judge(type, type == 'A' ? attribute : "x");
            if (verdict != PostedRecords::Verdict::drop)
                out.push_back(type);
            if (verdict == PostedRecords::Verdict::last)
                return out + (rules.complete() ? "" : " nobody");
        } catch (const spool::BadContent&) {
            return out + "!";
        }
    }
    return out + "?";
}

TEST(PostedRecords, AreJudged) {
    struct Row {
        std::string_view types, result;
    };
    const Row rows[] = {
        {"AFSRMNLNXRE", "AFSRMNLNXRE"},
        {"SRMXE", "SRMXE"},
        {"SMNXRE", "SMNXRE"},
        {"SVRMXE", "SVRMXE"},
        {"RMXE", "RMXE nobody"},
        {"SMXE", "SMXE nobody"},
        {"SRMNX", "SRMNX?"},
        {"TSR", "!"},
        {"CSR", "!"},
        {"SO", "S!"},
        {"SD", "S!"},
        {"Sp", "S!"},
        {"S>", "S!"},
        {"SW", "S!"},
        {"SL", "S!"},
        {"SN", "S!"},
        {"SRMp", "SRM!"},
        {"SRMS", "SRM!"},
        {"SRMXS", "SRMX!"},
        {"SRMXp", "SRMX!"},
        {"SE", "S!"},
    };
    for (const Row& row : rows)
        EXPECT_EQ(kept(row.types), row.result) << row.types;
}

TEST(PostedRecords, KeepAttributesOfUsers) {
    for (const char* good :
         {"encoding=7bit", "rewrite_context=local", "rewrite_context=remote", "notify_flags=1",
          "dsn_orig_rcpt=rfc822;a@b", "envelope_id=x", "sendopts=32"})
        EXPECT_EQ(kept("ASRMXE", good), "ASRMXE") << good;
    for (const char* bad : {"client_name=x", "rewrite_context=other", "no name", "",
                            "client_address=192.0.2.1", "posthaste_report_of=X", "=x"})
        EXPECT_EQ(kept("ASRMXE", bad), "SRMXE") << bad;
}

}  // namespace
