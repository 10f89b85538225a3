// Every way in which a relay fails: what becomes of the message, and what all remember of it.
#include <cerrno>

#include "tests/unit/smtp/relay_world.h"

namespace smtp_test {
namespace {

using health::Reason;
using health::Scope;

struct Failing {
    const char* what;
    Script script;        // of the first relay; empty: nobody listens
    const char* outcome;  // with another relay that takes everything
    Reason reason;        // in the record of the endpoint, or of the identity; none: no record
    double score;         // of that record
    Scope scope = Scope::endpoint;
    int error = ECONNREFUSED;
};

Script upto(const Script& more, std::initializer_list<const char*> last) {
    Script script = {"S 220 mx", "C EHLO", "S 250 mx"};
    script.insert(script.end(), more.begin(), more.end());
    script.insert(script.end(), last.begin(), last.end());
    return script;
}

const Script to_mail = {"C MAIL"};
const Script to_rcpt = {"C MAIL", "S 250 ok", "C RCPT"};
const Script to_data = {"C MAIL", "S 250 ok", "C RCPT", "S 250 ok", "C DATA"};
const Script to_dot = {"C MAIL", "S 250 ok", "C RCPT", "S 250 ok", "C DATA", "S 354 go", "D"};

constexpr const char* second = "sent 2.0.0 250 second";
constexpr Scope identity = Scope::identity;

const Failing rows[] = {
    {"Refused", {}, second, Reason::refused, 2},
    {"Unreachable", {}, second, Reason::unreachable, 2, Scope::endpoint, ENETUNREACH},
    {"NoBanner", {"X"}, second, Reason::banner_timeout, 2},
    {"SilentWhileAPeerGreets", {"E"}, second, Reason::lost_race, 1},
    {"Banner421", {"S 421 4.3.2 busy", "Z"}, second, Reason::banner_4xx, 1},
    {"Banner450", {"S 450 4.3.2 busy", "Z"}, second, Reason::banner_4xx, 1},
    {"Banner554", {"S 554 5.7.1 no", "Z"}, second, Reason::banner_5xx, 2},
    {"BannerIsNone", {"S 650 what", "Z"}, second, Reason::banner_5xx, 2},
    {"Ehlo421", {"S 220 mx", "C EHLO", "S 421 no", "Z"}, second, Reason::ehlo_refused, 1},
    {"Ehlo550AndHelo550",
     {"S 220 mx", "C EHLO", "S 550 no", "C HELO", "S 550 no", "Z"},
     second,
     Reason::ehlo_refused,
     1},
    {"EhloLost", {"S 220 mx", "C EHLO", "X"}, second, Reason::connection_lost, 1},
    {"EhloSilent", {"S 220 mx", "C EHLO", "E"}, second, Reason::ehlo_timeout, 1},
    {"Mail421", upto(to_mail, {"S 421 4.3.2 off", "X"}), second, Reason::reply_421, 1},
    {"MailLost", upto(to_mail, {"X"}), second, Reason::connection_lost, 1},
    {"MailSilent", upto(to_mail, {"E"}), second, Reason::command_timeout, 0.5},
    {"Mail451", upto(to_mail, {"S 451 4.3.0 later", "Z"}), second, Reason::mail_4xx, 0.5, identity},
    {"Mail530", upto(to_mail, {"S 530 5.7.0 who", "Z"}), second, Reason::relay_denied, 1, identity},
    {"Mail535", upto(to_mail, {"S 535 5.7.8 no", "Z"}), second, Reason::relay_denied, 1, identity},
    {"Mail5713", upto(to_mail, {"S 550 5.7.13 off", "Z"}), second, Reason::relay_denied, 1,
     identity},
    {"Mail571", upto(to_mail, {"S 550 5.7.1 no", "Z"}), "bounced 5.7.1 host", Reason::relay_denied,
     1, identity},
    {"Mail5730", upto(to_mail, {"S 550 5.7.30 REQUIRETLS support required", "Z"}),
     "bounced 5.7.30 host", Reason::none, 0, identity},
    {"MailDenied", upto(to_mail, {"S 554 5.7.1 Relaying denied", "Z"}), second,
     Reason::relay_denied, 1, identity},
    {"MailDenied550", upto(to_mail, {"S 550 Authentication required", "Z"}), second,
     Reason::relay_denied, 1, identity},
    {"Mail518", upto(to_mail, {"S 550 5.1.8 no", "Z"}), "bounced 5.1.8 host", Reason::none, 0},
    {"Rcpt421", upto(to_rcpt, {"S 421 4.3.2 off", "X"}), second, Reason::reply_421, 1},
    {"Rcpt450", upto(to_rcpt, {"S 450 4.2.0 later", "Z"}), second, Reason::none, 0},
    {"Rcpt452", upto(to_rcpt, {"S 452 4.5.3 too many", "Z"}), second, Reason::none, 0},
    {"Rcpt550", upto(to_rcpt, {"S 550 5.1.1 who", "Z"}), "bounced 5.1.1 host", Reason::none, 0},
    {"Rcpt530", upto(to_rcpt, {"S 530 5.7.0 who", "Z"}), second, Reason::relay_denied, 1, identity},
    {"RcptDenied", upto(to_rcpt, {"S 554 5.7.1 <r@x.example>: Relay access denied", "Z"}), second,
     Reason::none, 0},
    {"RcptUnableToRelay", upto(to_rcpt, {"S 550 5.7.54 SMTP; Unable to relay recipient", "Z"}),
     second, Reason::none, 0},
    {"Rcpt571", upto(to_rcpt, {"S 554 5.7.1 spam", "Z"}), "bounced 5.7.1 host", Reason::none, 0},
    {"RcptSilent", upto(to_rcpt, {"E"}), second, Reason::command_timeout, 0.5},
    {"RcptLost", upto(to_rcpt, {"X"}), second, Reason::connection_lost, 1},
    {"Data451", upto(to_data, {"S 451 4.3.0 later", "Z"}), second, Reason::data_4xx, 0.5},
    {"Data554", upto(to_data, {"S 554 5.6.0 no", "Z"}), "bounced 5.6.0 host", Reason::none, 0},
    {"DataSilent", upto(to_data, {"E"}), second, Reason::data_lost, 1},
    {"DataLost", upto(to_data, {"X"}), second, Reason::data_lost, 1},
    {"Dot451", upto(to_dot, {"S 451 4.3.0 later", "Z"}), second, Reason::data_4xx, 0.5},
    {"Dot554", upto(to_dot, {"S 554 5.6.0 no", "Z"}), "bounced 5.6.0 host", Reason::none, 0},
    {"DotLost", upto(to_dot, {"X"}), "deferred 4.4.2 lost connection", Reason::after_dot, 0.5},
    {"DotSilent", upto(to_dot, {"E"}), "deferred 4.4.2 conversation", Reason::after_dot, 0.5},
    {"Size", {"S 220 mx", "C EHLO", "S 250-mx", "S 250 SIZE 9", "Z"}, second, Reason::none, 0},
};

struct TaxonomyTest : RelayWorld, testing::WithParamInterface<Failing> {
    TaxonomyTest() {
        options.skip_5xx_greeting = false;  // of relays none of them is final
        dialer.error = GetParam().error;
        if (!GetParam().script.empty())
            serve(first_key, GetParam().script);
        serve(second_key, taking("second"));
    }
    // Until all limits are over, each in its turn.
    void wait() {
        for (int i = 0; i < 80 && reports.empty(); ++i)
            pass(10s);
    }
    health::View blamed() {
        bool of_login = GetParam().scope == Scope::identity;
        return view(of_login ? "192.0.2.1:25/anon" : first_key, GetParam().scope);
    }
};

TEST_P(TaxonomyTest, WithAPeerThatWorks) {
    const Failing& row = GetParam();
    send(one);
    wait();
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_TRUE(last().starts_with(row.outcome)) << last();
    EXPECT_EQ(blamed().reason, row.reason);
    // While it went on to time out a little of the score was forgotten.
    EXPECT_LE(blamed().score, row.score);
    EXPECT_GE(blamed().score, row.score * 0.5);
    bool next = row.outcome == second;
    EXPECT_EQ(logged("Q1: relay-attempt: [192.0.2.1]:25/192.0.2.1 by=address result="),
              next || last().starts_with("deferred"));
    EXPECT_EQ(view(second_key).score, 0);
}

// Alone it keeps the mail, if it is its own trouble.
TEST_P(TaxonomyTest, Alone) {
    const Failing& row = GetParam();
    send(one, "[192.0.2.1]:25");
    wait();
    ASSERT_EQ(reports.size(), 1u);
    bool bounces =
        std::string(row.outcome).starts_with("bounced") || row.what == std::string("Size");
    EXPECT_EQ(last().starts_with("bounced"), bounces) << last();
    EXPECT_EQ(last().starts_with("deferred"), !bounces) << last();
}

std::string name_of(const testing::TestParamInfo<Failing>& row) {
    return row.param.what;
}

INSTANTIATE_TEST_SUITE_P(Rows, TaxonomyTest, testing::ValuesIn(rows), name_of);

struct DistinctTest : RelayWorld {};

// One message may be the cause itself; the second one in a minute speaks of the relay.
TEST_F(DistinctTest, TwoMessagesThatTimeOutAreTheRelaysTrouble) {
    options.mail = 10s;
    for (int i = 0; i < 2; ++i) {
        serve(first_key, upto(to_mail, {"E"}));
        send(one, "[192.0.2.1]:25");
        EXPECT_EQ(state(first_key), health::State::closed);
        pass(10s);
    }
    EXPECT_EQ(state(first_key), health::State::open);
}

TEST_F(DistinctTest, ThreeMessagesRefusedForNowAreTheLoginsTrouble) {
    options.keep_connections = false;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(view("192.0.2.1:25/anon", Scope::identity).state, health::State::closed);
        serve(first_key, upto(to_mail, {"S 451 4.3.0 later", "Z"}));
        send(one, "[192.0.2.1]:25");
    }
    EXPECT_EQ(view("192.0.2.1:25/anon", Scope::identity).state, health::State::open);
    EXPECT_EQ(state(first_key), health::State::closed);
    serve(second_key, taking("second"));
    send(two);
    EXPECT_EQ(last(), second) << "the first one was not even asked";
    EXPECT_EQ(dials(first_key), 3u);
}

TEST_F(DistinctTest, ASuccessForgivesAll) {
    serve(first_key, upto(to_mail, {"S 421 4.3.2 off", "X"}));
    send(one, "[192.0.2.1]:25");
    EXPECT_EQ(view(first_key).score, 1);
    serve(first_key, taking("first"));
    send(one, "[192.0.2.1]:25");
    EXPECT_EQ(view(first_key).score, 0);
}

}  // namespace
}  // namespace smtp_test
