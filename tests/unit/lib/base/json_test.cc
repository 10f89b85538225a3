#include "lib/base/json.h"

#include <gtest/gtest.h>

namespace {

TEST(Json, WhatIsWrittenIsRead) {
    base::Json inner, json;
    inner.string("b", "caf\xc3\xa9").integer("a", -3);
    json.string("z", "\"q\"\n").boolean("yes", true).real("time", 1.23456);
    json.texts("words", {"x", "y"}).add(inner);
    EXPECT_EQ(json.line(),
              "{\"z\":\"\\\"q\\\"\\n\",\"yes\":true,\"time\":1.235,"
              "\"words\":[\"x\",\"y\"],\"b\":\"caf\xc3\xa9\",\"a\":-3}\n");
    std::optional<base::Json> read = base::Json::parse(json.line());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text_at("z"), "\"q\"\n");
    EXPECT_TRUE(read->truth_at("yes"));
    EXPECT_EQ(read->number_at("a"), -3);
    EXPECT_EQ(read->list_at("words"), (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(read->line(), json.line());
}

TEST(Json, WhatIsAbsentOrOfAnotherKindIsNothing) {
    std::optional<base::Json> read = base::Json::parse("{\"n\":1,\"s\":\"x\",\"l\":[1,\"a\"]}");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text_at("n") + read->text_at("none"), "");
    EXPECT_FALSE(read->truth_at("s"));
    EXPECT_EQ(read->number_at("s"), 0);
    EXPECT_EQ(read->list_at("l"), std::vector<std::string>{"a"});
    EXPECT_TRUE(read->list_at("s").empty());
    for (const char* wrong : {"", "[1]", "3", "{\"a\":", "{} {}"})
        EXPECT_FALSE(base::Json::parse(wrong)) << wrong;
}

TEST(Json, ObjectsAreFoundWithinObjects) {
    std::optional<base::Json> read =
        base::Json::parse(R"({"o":{"a":"x"},"l":[{"a":"y"},3,{"a":"z"}],"s":"t"})");
    ASSERT_TRUE(read);
    ASSERT_TRUE(read->object_at("o"));
    EXPECT_EQ(read->object_at("o")->text_at("a"), "x");
    std::vector<base::Json> all = read->objects_at("l");
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].text_at("a") + all[1].text_at("a"), "yz");
    EXPECT_FALSE(read->object_at("s") || read->object_at("l") || read->object_at("none"));
    EXPECT_TRUE(read->objects_at("o").empty() && read->objects_at("none").empty());
}

TEST(Json, BytesThatAreNoTextAreReplaced) {
    base::Json json;
    json.string("a", "x\xff");
    EXPECT_EQ(json.line(), "{\"a\":\"x\xef\xbf\xbd\"}\n");
}

}  // namespace
