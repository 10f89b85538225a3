// What postdrop answers, and how it is read.
#include "lib/ipc/submission.h"

#include <gtest/gtest.h>

namespace {

using namespace std::string_literals;

TEST(Submission, SpeaksAsPostfixDoes) {
    EXPECT_EQ(ipc::submission_greeting("B0D78A72206"),
              "protocol\0postdrop_protocol\0queue_id\0B0D78A72206\0\0"s);
    EXPECT_EQ(ipc::submission_result(ipc::SubmissionStatus::ok), "status\0000\0reason\0\0\0"s);
    EXPECT_EQ(ipc::submission_result(ipc::SubmissionStatus::too_big), "status\0004\0reason\0\0\0"s);
}

TEST(Submission, IsReadInAnyPieces) {
    std::string whole =
        ipc::submission_greeting("X") + ipc::submission_result(ipc::SubmissionStatus::bad);
    std::string bytes;
    std::vector<std::map<std::string, std::string>> lists;
    for (char c : whole) {
        bytes.push_back(c);
        if (auto list = ipc::take_attributes(bytes))
            lists.push_back(*list);
    }
    ASSERT_EQ(lists.size(), 2u);
    EXPECT_EQ(lists[0]["queue_id"], "X");
    EXPECT_EQ(lists[1]["status"], "1");
    EXPECT_EQ(lists[1]["reason"], "");
    EXPECT_EQ(bytes, "");
}

}  // namespace
