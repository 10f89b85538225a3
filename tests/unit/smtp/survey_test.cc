// What a person is told of places that were asked for, and of the command line that asks.
#include "smtp/survey.h"

#include "smtp/by_hand.h"
#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

struct SurveyTest : World {
    smtp::Survey survey{dialer, sites, options};
    std::vector<base::Json> answers;

    io::Task<void> ask(std::string place) {
        std::vector<base::Json> found = co_await survey.ask_at(std::move(place));
        answers = std::move(found);
    }
    // What came of it, at each address.
    std::string results(const std::string& place) {
        answers.clear();
        lanes.spawn(ask(place));
        loop.run_until_idle();
        std::string text;
        for (const base::Json& each : answers)
            base::append(text, text.empty() ? "" : " ", each.text_at("address"), "=",
                         each.text_at("result"));
        return text;
    }
};

TEST_F(SurveyTest, AWellServerIsTakenToItsExtensions) {
    serve("192.0.2.1:587", {"S 220 mx ESMTP hello", "C EHLO client.example", "S 250-mx",
                            "S 250-SIZE 1000", "S 250 STARTTLS", "C QUIT"});
    EXPECT_EQ(results("[192.0.2.1]:587"), "192.0.2.1=ok");
    const base::Json& told = answers.at(0);
    EXPECT_TRUE(told.truth_at("connected") && told.truth_at("greeted") && told.truth_at("ehlo"));
    EXPECT_EQ(told.text_at("place"), "[192.0.2.1]:587");
    EXPECT_EQ(told.text_at("greeting"), "220 mx ESMTP hello");
    EXPECT_EQ(told.text_at("protocol"), "ESMTP");
    EXPECT_EQ(told.list_at("extensions"), (std::vector<std::string>{"SIZE 1000", "STARTTLS"}));
    EXPECT_EQ(told.number_at("port"), 587);
    expect_played();
}

TEST_F(SurveyTest, APlaceMayComeWithTheMailThatLedThere) {
    serve("192.0.2.1:587", {"S 220 mx ESMTP", "C EHLO client.example", "S 250 mx", "C QUIT"});
    EXPECT_EQ(results(R"({"place":"[r1.example]:587/192.0.2.1","element":"[r1.example]:587",)"
                      R"("nexthop":"[r1.example]:587, [r2.example]","sender":"a@b.example"})"),
              "192.0.2.1=ok");
    EXPECT_EQ(answers.at(0).text_at("place"), "[r1.example]:587/192.0.2.1");
    EXPECT_EQ(answers.at(0).text_at("name"), "r1.example");
    expect_played();
}

TEST_F(SurveyTest, EachStepMayFail) {
    struct Row {
        Script script;
        const char *result, *said;
        bool connected, greeted;
    };
    const Row rows[] = {
        {{}, "refused", "", false, false},
        {{"S 421 4.3.2 busy", "Z"}, "banner_4xx", "421 4.3.2 busy", true, false},
        {{"S 554 go away", "Z"}, "banner_5xx", "554 go away", true, false},
        {{"S 220 mx", "C EHLO", "S 451 no", "Z"}, "ehlo_refused", "451 no", true, true},
        {{"S 220 mx", "C EHLO", "X"}, "connection_lost", "", true, true},
    };
    for (const Row& row : rows) {
        if (!row.script.empty())
            serve("192.0.2.1:25", row.script);
        EXPECT_EQ(results("[192.0.2.1]"), base::text("192.0.2.1=", row.result));
        const base::Json& told = answers.at(0);
        EXPECT_EQ(told.text_at("said"), row.said) << row.result;
        EXPECT_EQ(told.truth_at("connected"), row.connected) << row.result;
        EXPECT_EQ(told.truth_at("greeted"), row.greeted) << row.result;
        EXPECT_FALSE(told.truth_at("ehlo")) << row.result;
        EXPECT_NE(told.text_at("text"), "") << row.result;
    }
}

TEST_F(SurveyTest, SilentOnesTakeTheTimeOfAProbe) {
    serve("192.0.2.1:25", {"Z"});
    EXPECT_EQ(results("[192.0.2.1]"), "") << "it waits for the greeting";
    pass(4s);
    EXPECT_TRUE(answers.empty());
    pass(1s);
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].text_at("result"), "banner_timeout");
    EXPECT_TRUE(answers[0].truth_at("connected"));
    dialer.silent = true;
    EXPECT_EQ(results("[192.0.2.9]"), "");
    pass(3s);
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].text_at("result"), "connect_timeout");
}

TEST_F(SurveyTest, APlaceIsANextHopOrOneAddressOfIt) {
    names.mx("x.example", 10, "a.example").mx("x.example", 20, "b.example");
    names.a("a.example", "192.0.2.1").a("b.example", "192.0.2.2");
    serve("192.0.2.2:25", {"S 220 mx", "C EHLO", "S 502 what", "C HELO", "S 250 mx", "C QUIT"});
    EXPECT_EQ(results("x.example"), "192.0.2.1=refused 192.0.2.2=ok");
    EXPECT_EQ(answers[1].text_at("name"), "b.example");
    EXPECT_EQ(answers[1].text_at("protocol"), "SMTP");
    EXPECT_EQ(results("[192.0.2.3]:26, [192.0.2.4]"), "192.0.2.3=refused 192.0.2.4=refused");
    EXPECT_EQ(results("[a.example]:587/192.0.2.8"), "192.0.2.8=refused") << "its name is not asked";
    EXPECT_EQ(dialer.dialled.back(), "192.0.2.8:587");
    EXPECT_EQ(results("[a.example]:587/2001:db8::1"), "2001:db8::1=refused");
    EXPECT_EQ(results("[gone.example]"), "=name_not_found");
    names.state("soft.example", dns::Type::a, dns::Answer::State::retry);
    EXPECT_EQ(results("[soft.example]"), "=dns_trouble");
    EXPECT_EQ(results("a.example:no-such-service:x"), "=not_usable");
}

TEST(ByHand, CommandLines) {
    using Words = std::vector<std::string>;
    EXPECT_TRUE(smtp::is_by_hand({"-P"}));
    EXPECT_FALSE(smtp::is_by_hand({"-n", "smtp", "-P"})) << "as master starts it";
    smtp::ByHand parsed =
        smtp::parse_by_hand({"-P", "-c", "/etc/x", "-nrelay", "-o", "myhostname=a.example", "-v"});
    EXPECT_EQ(parsed.directory, "/etc/x");
    EXPECT_EQ(parsed.service, "relay");
    EXPECT_EQ(parsed.overrides, (config::Overrides{{"myhostname", "a.example"}}));
    for (const Words& wrong :
         {Words{"-P", "x"}, Words{"-P", "-x"}, Words{"-P", "-c"}, Words{"-P", "-o", "novalue"}})
        EXPECT_THROW(smtp::parse_by_hand(wrong), config::Error) << wrong.back();
}

}  // namespace
}  // namespace smtp_test
