#include "postrelay/request.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"

namespace postrelay {
namespace {

using namespace std::chrono_literals;

Request parse(const std::string& line) {
    std::vector<std::string> words;
    for (std::string_view word : base::split(line, " "))
        words.emplace_back(word);
    return parse_request(words);
}

TEST(PostrelayRequest, OptionsStandAnywhere) {
    for (const char* line : {"down -t 10m -m disk -j -c /etc/x [r1.example]:587",
                             "-c/etc/x -j down [r1.example]:587 -t10m -mdisk"}) {
        Request request = parse(line);
        EXPECT_EQ(request.verb, Verb::down) << line;
        EXPECT_EQ(request.directory, "/etc/x") << line;
        EXPECT_EQ(request.time, base::Duration(10min)) << line;
        EXPECT_EQ(request.text, "disk") << line;
        EXPECT_TRUE(request.json) << line;
        EXPECT_EQ(request.names, std::vector<std::string>{"[r1.example]:587"}) << line;
    }
    Request explained = parse("explain --probe -f <> user@example.com");
    EXPECT_TRUE(explained.connect);
    EXPECT_EQ(explained.sender, "");
    EXPECT_EQ(parse("reset -- -odd").names, std::vector<std::string>{"-odd"});
    EXPECT_TRUE(parse("show").names.empty());
}

TEST(PostrelayRequest, WhatMakesNoSenseSaysWhy) {
    struct Case {
        const char* line;
        const char* said;
    };
    const Case cases[] = {
        {"", "usage:"},
        {"dwon x", "unknown command \"dwon\""},
        {"down", "down: of what?"},
        {"explain a b", "explain: too many words"},
        {"show -m text", "show has no option -m"},
        {"show --probe", "show has no option --probe"},
        {"down -t soon x", "expected a time as 90s, 10m, 4h or 2d, found \"soon\""},
        {"down -t 0 x", "found \"0\""},
        {"show -x", "unknown option -x"},
        {"show -c", "option -c needs a value"},
    };
    for (const Case& each : cases) {
        try {
            parse(each.line);
            ADD_FAILURE() << each.line;
        } catch (const Misuse& misuse) {
            EXPECT_NE(std::string(misuse.what()).find(each.said), std::string::npos)
                << misuse.what();
        }
    }
}

}  // namespace
}  // namespace postrelay
