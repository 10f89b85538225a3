// Mail to names: which hosts are tried, how far, and what is said when all of them fail.
#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

using State = dns::Answer::State;
using dns::Type;

Script accepting(const std::string& name = "mx.example") {
    return {"S 220 mx", "C EHLO", "S 250 " + name, "C MAIL", "S 250 ok",    "C RCPT",
            "S 250 ok", "C DATA", "S 354 ok",      "D",      "S 250 taken", "Z"};
}

const Script greets_4xx = {"S 421 4.3.2 busy", "Z"};
const Script mail_4xx = {"S 220 mx", "C EHLO", "S 250 mx", "C MAIL", "S 450 4.1.8 later", "Z"};
const Script rcpt_4xx = {"S 220 mx", "C EHLO",    "S 250 mx",          "C MAIL",
                         "S 250 ok", "C RCPT TO", "S 450 4.2.0 later", "Z"};

struct SitesTest : World {
    SitesTest() {
        names.mx("x.example", 10, "a.example").mx("x.example", 20, "b.example");
        names.a("a.example", "192.0.2.1").a("b.example", "192.0.2.2");
        names.a("relay.example", "192.0.2.5");
        names.state("soft.example", Type::mx, State::retry);
        options.nexthop.lookup.own = config::OwnAddresses({"192.0.2.7"});
    }
    bool logged(const std::string& text) {
        read_log();
        return log.find(text) != std::string::npos;
    }
    using Hosts = std::vector<std::string>;
};

TEST_F(SitesTest, ThroughTheExchangersOfADomain) {
    serve("192.0.2.2:25", accepting());
    deliver({"r@x.example"}, "x.example");
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 taken");
    EXPECT_EQ(dialer.dialled, (Hosts{"192.0.2.1:25", "192.0.2.2:25"}));
    EXPECT_EQ(reports[0].outcomes[0].relay, "b.example[192.0.2.2]:25");
    EXPECT_TRUE(logged(": connect to a.example[192.0.2.1]:25: Connection refused\n"));
    EXPECT_TRUE(logged("Q1: to=<r@x.example>, relay=b.example[192.0.2.2]:25, delay=0"));
}

TEST_F(SitesTest, TheLastErrorIsReportedAndEachHostIsLogged) {
    serve("192.0.2.1:25", mail_4xx);
    serve("192.0.2.2:25", greets_4xx);
    deliver({"r@x.example"}, "x.example, [relay.example]:587");
    EXPECT_EQ(outcome(0),
              "deferred 4.4.1 connect to relay.example[192.0.2.5]:587: Connection refused");
    EXPECT_TRUE(
        logged("Q1: host a.example[192.0.2.1] said: 450 4.1.8 later (in reply to MAIL FROM "
               "command)"));
    EXPECT_TRUE(logged("Q1: host b.example[192.0.2.2] refused to talk to me: 421 4.3.2 busy"));
}

struct Row {
    const char* what;
    std::string nexthop;
    std::string fallback;
    std::string relayhost;
    std::string outcome;
    std::string warning;
};

// Nobody listens anywhere.
TEST_F(SitesTest, WhenNothingCanBeReached) {
    const std::string refused = "connect to a.example[192.0.2.1]:25: Connection refused";
    const std::string none =
        "Host or domain name not found. Name service error for name=gone.example type=";
    const Row rows[] = {
        {"a domain that does not exist", "gone.example", "", "", "bounced 5.4.4 " + none, ""},
        {"a host that does not exist", "[gone.example]", "", "", "bounced 5.4.4 " + none, ""},
        {"a lookup that fails", "soft.example", "", "", "deferred 4.4.3 ", ""},
        {"the relayhost", "[gone.example]", "", "[gone.example]", "deferred 4.3.5 " + none,
         "warning: relayhost configuration problem"},
        {"the relayhost of others", "gone.example", "", "[gone.example]", "bounced 5.4.4", ""},
        {"hard then hard", "gone.example, [gone.example]", "", "", "deferred 4.3.5 " + none,
         "warning: relayhost configuration problem"},
        {"soft then hard", "[a.example], gone.example", "", "", "deferred 4.4.1 " + refused, ""},
        {"hard then soft", "gone.example, [a.example]", "", "", "deferred 4.4.1 " + refused, ""},
        {"lookup soft then hard", "soft.example, gone.example", "", "", "deferred 4.4.3", ""},
        {"a bad element", "hh., [a.example]", "", "", "deferred 4.4.1 " + refused, ""},
        {"a bad element alone", "hh.", "", "", "deferred 4.3.5 valid hostname or network", ""},
        {"no next hop", "", "", "", "deferred 4.3.5 no next hop", ""},
        {"fallback after hard", "gone.example", "[a.example]", "", "deferred 4.4.1 " + refused, ""},
        {"fallback that does not exist", "[a.example]", "gone.example", "",
         "deferred 4.3.5 " + none, "warning: smtp_fallback_relay configuration problem"},
        {"loop", "[192.0.2.7]", "", "", "bounced 5.4.6 mail for 192.0.2.7 loops back to myself",
         ""},
        {"loop, no fallback", "[192.0.2.7]", "[a.example]", "",
         "bounced 5.4.6 mail for 192.0.2.7 loops back to myself", ""},
        {"loop of the relayhost", "[192.0.2.7]", "", "[192.0.2.7]",
         "deferred 4.3.5 mail for 192.0.2.7 loops back to myself",
         "warning: relayhost configuration problem"},
        {"loop in a list", "[192.0.2.7], [192.0.2.7]", "", "",
         "deferred 4.3.5 mail for 192.0.2.7 loops back to myself",
         "warning: relayhost configuration problem"},
    };
    for (const Row& row : rows) {
        options.nexthop.fallback_relay = row.fallback;
        options.nexthop.relayhost = row.relayhost;
        log.clear();
        deliver({"r@x.example"}, row.nexthop);
        EXPECT_TRUE(outcome(reports.size() - 1).starts_with(row.outcome))
            << row.what << ": " << outcome(reports.size() - 1);
        EXPECT_EQ(logged("configuration problem"), !row.warning.empty()) << row.what << log;
        EXPECT_NE(log.find(row.warning), std::string::npos) << row.what << log;
        bool bounced = row.outcome.starts_with("bounced");
        EXPECT_EQ(reports.back().destination_trouble.empty(), bounced) << row.what;
    }
}

TEST_F(SitesTest, SoftBounceKeepsMailForWhatDoesNotExist) {
    options.soft_bounce = true;
    deliver({"r@x.example"}, "gone.example");
    EXPECT_TRUE(outcome(0).starts_with("deferred 4.4.4 Host or domain")) << outcome(0);
}

TEST_F(SitesTest, TheFallbackRelayTakesWhatTheDestinationDoesNot) {
    options.nexthop.fallback_relay = "[relay.example]:587 [192.0.2.6]";
    serve("192.0.2.5:587", accepting());
    serve("192.0.2.1:25", rcpt_4xx);
    serve("192.0.2.2:25", rcpt_4xx);
    deliver({"r@x.example"}, "x.example");
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 taken");
    EXPECT_EQ(reports[0].outcomes[0].relay, "relay.example[192.0.2.5]:587");
    pass(10s);
    serve("192.0.2.6:25", accepting());
    deliver({"r@x.example"}, "gone.example");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 taken");
}

TEST_F(SitesTest, ABackupExchangerSendsToBetterOnesOnly) {
    options.nexthop.fallback_relay = "[relay.example]";
    names.mx("y.example", 10, "a.example").mx("y.example", 20, "us.example");
    names.mx("y.example", 30, "b.example").a("us.example", "192.0.2.7");
    serve("192.0.2.2:25", accepting());
    serve("192.0.2.5:25", accepting());
    deliver({"r@y.example"}, "y.example");
    EXPECT_EQ(outcome(0), "deferred 4.4.1 connect to a.example[192.0.2.1]:25: Connection refused");
    EXPECT_EQ(dialer.dialled, Hosts{"192.0.2.1:25"});
}

TEST_F(SitesTest, AddressAndSessionLimitsHoldForEachSite) {
    for (int i = 11; i <= 18; ++i) {
        names.a("many.example", base::text("192.0.2.", i));
        serve(base::text("192.0.2.", i, ":25"), mail_4xx);
    }
    serve("192.0.2.1:25", accepting());
    struct Limits {
        size_t addresses;
        size_t sessions;
        size_t dialled;
        bool greets;
    };
    const Limits rows[] = {
        {5, 2, 2, true}, {5, 0, 5, true}, {0, 0, 8, true}, {3, 2, 3, false}, {0, 2, 8, false}};
    for (const Limits& row : rows) {
        options.nexthop.address_limit = row.addresses;
        options.nexthop.session_limit = row.sessions;
        dialer.dialled.clear();
        for (int i = 11; i <= 18; ++i) {
            auto& scripts = dialer.scripts[base::text("192.0.2.", i, ":25")];
            scripts.assign(1, row.greets ? mail_4xx : greets_4xx);
        }
        pass(10s);
        deliver({"r@x.example"}, "[many.example]");
        EXPECT_EQ(dialer.dialled.size(), row.dialled) << row.addresses << " " << row.sessions;
        EXPECT_TRUE(outcome(reports.size() - 1).starts_with("deferred 4.")) << outcome(0);
    }
    // The next element of a list begins anew.
    pass(10s);
    deliver({"r@x.example"}, "[many.example], a.example");
    EXPECT_EQ(outcome(reports.size() - 1), "sent 2.0.0 250 taken");
}

TEST_F(SitesTest, AServerWithOurNameIsOurselves) {
    struct Guard {
        const char* what;
        std::string nexthop;
        std::string relayhost;
        std::string outcome;
    };
    const Guard rows[] = {
        {"best", "[a.example]", "", "bounced 5.4.6 mail for [a.example] loops back to myself"},
        {"relayhost", "[a.example]", "[a.example]",
         "deferred 4.3.5 mail for [a.example] loops back to myself"},
        {"list", "[a.example] [b.example]", "", "sent 2.0.0 250 taken"},
        {"another port", "[a.example]:26", "", "sent 2.0.0 250 taken"},
    };
    for (const Guard& row : rows) {
        options.nexthop.relayhost = row.relayhost;
        dialer.scripts.clear();
        serve("192.0.2.1:25",
              {"S 220 client.example ESMTP", "C EHLO", "S 250 client.example", "Z"});
        serve("192.0.2.1:26", accepting("client.example"));
        serve("192.0.2.2:25", accepting());
        deliver({"r@x.example"}, row.nexthop);
        EXPECT_EQ(outcome(reports.size() - 1), row.outcome) << row.what;
        pass(10s);
    }
    EXPECT_TRUE(logged("warning: host a.example[192.0.2.1]:25 greeted me with my own hostname"));
    EXPECT_TRUE(
        logged("warning: host a.example[192.0.2.1]:25 replied to HELO/EHLO with my own "
               "hostname client.example"));
}

TEST_F(SitesTest, BackupsWithOurNameAreWaitedFor) {
    names.mx("z.example", 10, "dead.example").mx("z.example", 20, "a.example");
    names.a("dead.example", "192.0.2.9");
    serve("192.0.2.1:25", {"S 220 mx", "C EHLO", "S 250 client.example", "Z"});
    deliver({"r@z.example"}, "z.example");
    EXPECT_EQ(outcome(0), "deferred 4.4.6 mail for z.example loops back to myself");
}

TEST_F(SitesTest, AConnectionServesAllNamesOfItsAddress) {
    names.mx("y.example", 10, "other.example").a("other.example", "192.0.2.1");
    Script two = accepting();
    two.pop_back();
    for (const char* step : {"C MAIL", "S 250 ok", "C RCPT", "S 250 ok", "C DATA", "S 354 ok", "D",
                             "S 250 again", "Z"})
        two.push_back(step);
    serve("192.0.2.1:25", two);
    deliver({"r@x.example"}, "x.example");
    names.asked.clear();
    deliver({"r@y.example"}, "y.example");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 again");
    EXPECT_EQ(dialer.dialled.size(), 1u);
    EXPECT_TRUE(logged("relay=other.example[192.0.2.1]:25, conn_use=2"));
}

TEST_F(SitesTest, AWarmConnectionNeedsNoLookup) {
    Script two = accepting();
    two.pop_back();
    for (const char* step : {"C MAIL", "S 250 ok", "C RCPT", "S 250 ok", "C DATA", "S 354 ok", "D",
                             "S 250 again", "Z"})
        two.push_back(step);
    serve("192.0.2.1:25", two);
    deliver({"r@x.example"}, "x.example");
    names.asked.clear();
    deliver({"r@x.example"}, "x.example");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 again");
    EXPECT_TRUE(names.asked.empty());
}

TEST_F(SitesTest, EhloOnlyForThoseWhoAskForIt) {
    options.always_send_ehlo = false;
    serve("192.0.2.1:25", {"S 220 mx ESMTP here", "C EHLO", "S 421 bye", "Z"});
    serve("192.0.2.2:25", {"S 220 mx ready", "C HELO", "S 421 bye", "Z"});
    deliver({"r@x.example"}, "[a.example]");
    deliver({"r@x.example"}, "[b.example]");
    for (const Heard& one : dialer.heard)
        EXPECT_EQ(one.wrong, "");
    EXPECT_EQ(dialer.heard.size(), 2u);
}

TEST_F(SitesTest, KeywordsAreOverlookedByAddress) {
    config::Settings settings = config::Settings::from(
        config::MainCf::parse("smtp_discard_ehlo_keyword_address_maps = "
                              "inline:{ { 192.0.2.1 = pipelining, chunking } }\n",
                              "main.cf"),
        "/etc/postfix");
    dict::Tables tables(settings);
    options.ignored_keywords = {"size"};
    options.ignored_by_address =
        dict::Maps::of(tables, settings, "smtp_discard_ehlo_keyword_address_maps");
    const Script offers = {"S 220 mx", "C EHLO", "S 250-mx", "S 250-PIPELINING", "S 250 SIZE 1000"};
    Script first = offers;  // a command at a time
    for (const char* step : {"C MAIL FROM:<s@example.org> SIZE=21", "S 421 x", "Z"})
        first.push_back(step);
    Script second = offers;
    for (const char* step : {"C MAIL FROM:<s@example.org>", "C RCPT", "C DATA", "S 421 x", "Z"})
        second.push_back(step);
    serve("192.0.2.1:25", first);
    serve("192.0.2.2:25", second);
    deliver({"r@x.example"}, "x.example");
    ASSERT_EQ(dialer.heard.size(), 2u);
    EXPECT_EQ(dialer.heard[0].commands.back(), "MAIL FROM:<s@example.org> SIZE=21");
    EXPECT_EQ(dialer.heard[1].commands[1], "MAIL FROM:<s@example.org>");
    for (const Heard& one : dialer.heard)
        EXPECT_EQ(one.wrong, "");
}

}  // namespace
}  // namespace smtp_test
