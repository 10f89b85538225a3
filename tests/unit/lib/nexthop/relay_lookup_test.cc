// Look-ups of configured relays: submission servers, null MX lists, old addresses, families in
// turn.
#include "tests/unit/lib/nexthop/lookup_world.h"

namespace nexthop_test {
namespace {

using namespace std::chrono_literals;
using Source = nexthop::Endpoint::Source;

struct RelayLookupTest : SiteLookupTest {
    RelayLookupTest() {
        purpose.configured = true;
        purpose.stale_time = 3600s;
    }
    Source source(const std::string& destination) {
        return site(destination).endpoints.at(0).source;
    }
};

TEST_F(RelayLookupTest, SubmissionServersOfARelay) {
    const std::string name = "_submission._tcp.x.example";
    options.srv_of_relays = true;
    names.mx("x.example", 10, "mx.example").a("mx.example", "192.0.2.1");
    names.a("a.example", "192.0.2.2").a("b.example", "192.0.2.3");
    names.srv(name, 20, 1, 588, "b.example").srv(name, 10, 1, 587, "a.example");
    const std::string by_srv = "10 a.example 192.0.2.2:587; 20 b.example 192.0.2.3:588; ";
    const std::string by_mx = "10 mx.example 192.0.2.1:25; ";
    EXPECT_EQ(shown("x.example"), by_srv);
    EXPECT_EQ(source("x.example"), Source::srv);
    EXPECT_EQ(shown("x.example:25"), "10 mx.example 192.0.2.1:25; ");
    EXPECT_EQ(shown("[a.example]"), "0 a.example 192.0.2.2:25; ");
    purpose.configured = false;
    EXPECT_EQ(shown("x.example"), by_mx);
    EXPECT_EQ(source("x.example"), Source::mx);
    purpose.configured = true;
    options.ask_dns = false;
    EXPECT_EQ(code("x.example"), "5.4.4");
}

TEST_F(RelayLookupTest, WithoutSubmissionServersThereAreExchangers) {
    const std::string name = "_submission._tcp.x.example";
    options.srv_of_relays = true;
    purpose.stale_time = 0s;
    struct Row {
        State state;
        std::string target;  // when found
        std::string code;
        std::string ignored;  // with ignore_srv_lookup_error
    };
    const Row rows[] = {
        {State::none, "", "found", "found"},  {State::retry, "", "4.4.3", "found"},
        {State::fatal, "", "5.4.3", "found"}, {State::invalid, "", "found", "found"},
        {State::found, "", "found", "found"}, {State::found, "gone.example", "found", "found"}};
    for (const Row& row : rows) {
        names.answers.clear();
        names.a("x.example", "192.0.2.1");
        if (row.state == State::found)
            names.srv(name, 1, 1, 587, row.target);
        else
            names.state(name, Type::srv, row.state);
        for (bool ignored : {false, true}) {
            options.ignore_srv_error = ignored;
            EXPECT_EQ(code("x.example"), ignored ? row.ignored : row.code) << row.target;
        }
        EXPECT_EQ(source("x.example"), Source::name);
    }
}

TEST_F(RelayLookupTest, NullMxLists) {
    struct Row {
        const char* what;
        State mx;
        std::string exchanger;  // when found
        std::string own;        // the address of x.example
        std::string plain;
        std::string tried;  // with smtp_try_null_mx_list
    };
    const std::string there = "0 x.example 192.0.2.1:25; ";
    const Row rows[] = {
        {"no MX", State::none, "", "192.0.2.1", there, there},
        {"trouble", State::retry, "", "192.0.2.1", "4.4.3", there},
        {"worse", State::fatal, "", "192.0.2.1", "5.4.3", there},
        {"we", State::found, "us.example", "192.0.2.1", "5.4.6", there},
        {"we, all over", State::found, "us.example", "192.0.2.7", "5.4.6", "5.4.6"},
        {"null MX", State::found, "", "192.0.2.1", "5.1.0", "5.1.0"},
        {"another", State::found, "mx.example", "192.0.2.1", "10 mx.example 192.0.2.2:25; ",
         "10 mx.example 192.0.2.2:25; "},
    };
    purpose.configured = false;
    for (const Row& row : rows) {
        names.answers.clear();
        names.a("us.example", "192.0.2.7").a("mx.example", "192.0.2.2").a("x.example", row.own);
        if (row.mx == State::found)
            names.mx("x.example", 10, row.exchanger);
        else
            names.state("x.example", Type::mx, row.mx);
        for (bool tries : {false, true}) {
            options.try_null_mx_list = tries;
            const std::string& expected = tries ? row.tried : row.plain;
            EXPECT_EQ(shown("x.example").substr(0, expected.size()), expected) << row.what;
        }
    }
    names.answers.clear();
    names.mx("x.example", 10, "us.example").a("us.example", "192.0.2.7");
    names.a("x.example", "192.0.2.1");
    EXPECT_EQ(source("x.example"), Source::null_mx);
    EXPECT_TRUE(site("x.example").ours);
    EXPECT_EQ(code("[us.example]"), "5.4.6");
}

TEST_F(RelayLookupTest, OldAddressesWhileNobodyAnswers) {
    names.a("a.example", "192.0.2.1");
    EXPECT_FALSE(site("[a.example]").endpoints.at(0).stale);
    names.state("a.example", Type::a, State::retry);
    names.state("a.example", Type::aaaa, State::retry);
    clock.advance(3600s);
    nexthop::Site old = site("[a.example]");
    EXPECT_TRUE(old.dns_trouble);
    ASSERT_EQ(old.endpoints.size(), 1u);
    EXPECT_TRUE(old.endpoints[0].stale);
    EXPECT_EQ(old.endpoints[0].ip, "192.0.2.1");
    purpose.configured = false;
    EXPECT_EQ(code("[a.example]"), "4.4.3");
    purpose.configured = true;
    purpose.stale_time = 0s;
    EXPECT_EQ(code("[a.example]"), "4.4.3");
    purpose.stale_time = 3600s;
    clock.advance(1s);
    EXPECT_EQ(code("[a.example]"), "4.4.3");
    names.answers.clear();
    names.a("a.example", "192.0.2.2");
    EXPECT_EQ(shown("[a.example]"), "0 a.example 192.0.2.2:25; ");
    names.state("a.example", Type::a, State::none);
    EXPECT_EQ(code("[a.example]"), "5.4.4");  // it is gone: that is no trouble
}

TEST(AddressMemory, PushesOutTheOldest) {
    nexthop::AddressMemory memory(2);
    nexthop::Endpoints one(1);
    base::Instant now(1000s);
    memory.keep("a", one, now);
    memory.keep("b", one, now + 1s);
    memory.keep("a", one, now + 2s);
    memory.keep("c", one, now + 3s);
    EXPECT_EQ(memory.recall("a", 10s, now + 3s).size(), 1u);
    EXPECT_TRUE(memory.recall("b", 10s, now + 3s).empty());
    EXPECT_TRUE(memory.recall("c", 10s, now + 3s).at(0).stale);
    EXPECT_TRUE(memory.recall("a", 10s, now + 13s).empty());
}

TEST_F(RelayLookupTest, FamiliesInTurn) {
    names.mx("x.example", 10, "a.example").mx("x.example", 20, "b.example");
    for (const char* ip : {"192.0.2.1", "192.0.2.2", "192.0.2.3"})
        names.a("a.example", ip);
    names.aaaa("a.example", "2001:db8::1").aaaa("b.example", "2001:db8::2");
    names.a("b.example", "192.0.2.4");
    options.balance = false;
    auto ips = [&] {
        std::string text;
        for (const nexthop::Endpoint& each : site("x.example").endpoints)
            base::append(text, each.ip, " ");
        return text;
    };
    options.preference = nexthop::AddressPreference::ipv6;
    EXPECT_EQ(ips(), "2001:db8::1 192.0.2.1 192.0.2.2 192.0.2.3 2001:db8::2 192.0.2.4 ");
    purpose.interleave = true;
    EXPECT_EQ(ips(), "2001:db8::1 192.0.2.1 192.0.2.2 192.0.2.3 2001:db8::2 192.0.2.4 ");
    names.aaaa("a.example", "2001:db8::3");
    EXPECT_EQ(ips(),
              "2001:db8::1 192.0.2.1 2001:db8::3 192.0.2.2 192.0.2.3 2001:db8::2 192.0.2.4 ");
    options.preference = nexthop::AddressPreference::ipv4;
    EXPECT_EQ(ips(),
              "192.0.2.1 2001:db8::1 192.0.2.2 2001:db8::3 192.0.2.3 192.0.2.4 2001:db8::2 ");
    options.balance = true;
    options.address_limit = 3;
    EXPECT_EQ(ips(), "192.0.2.1 2001:db8::1 192.0.2.2 ");
}

TEST_F(RelayLookupTest, HostsOfOnePreferenceStayTogether) {
    names.mx("x.example", 10, "a.example").mx("x.example", 10, "b.example");
    names.a("a.example", "192.0.2.1").aaaa("a.example", "2001:db8::1");
    names.a("b.example", "192.0.2.2").aaaa("b.example", "2001:db8::2");
    options.randomize = purpose.interleave = true;
    for (unsigned seed = 0; seed < 30; ++seed) {
        sites.seed(seed);
        nexthop::Site found = site("x.example");
        ASSERT_EQ(found.endpoints.size(), 4u);
        for (size_t i : {size_t{0}, size_t{2}}) {
            EXPECT_EQ(found.endpoints[i].host, found.endpoints[i + 1].host);
            EXPECT_NE(found.endpoints[i].address.family(), found.endpoints[i + 1].address.family());
        }
    }
}

// "MX x.example: 10 a, 20 b | …", as a trace has it.
std::string told(const nexthop::LookupTrace& trace) {
    std::string text;
    for (const nexthop::LookupTrace::Step& step : trace.steps) {
        if (const auto* question = std::get_if<nexthop::LookupTrace::Question>(&step)) {
            base::append(text, question->type, " ", question->name, ":");
            for (const dns::Record& record : question->answer.records)
                base::append(text, " ", nexthop::text_of(record));
            if (question->answer.records.empty())
                text += " -";
        } else if (const auto* out = std::get_if<nexthop::LookupTrace::Dropped>(&step)) {
            base::append(text, "not ", out->endpoint.host, " ", out->endpoint.ip, ": ", out->why);
        } else {
            text += std::get<nexthop::LookupTrace::Decision>(step).text;
        }
        text += " | ";
    }
    return text;
}

TEST_F(RelayLookupTest, TracesTellAll) {
    nexthop::LookupTrace trace;
    purpose.trace = &trace;
    options.srv_of_relays = true;
    options.address_limit = 1;
    names.mx("x.example", 20, "us.example").mx("x.example", 10, "a.example");
    names.a("a.example", "192.0.2.1").aaaa("a.example", "2001:db8::1");
    names.a("us.example", "192.0.2.7");
    site("x.example");
    EXPECT_EQ(told(trace),
              "SRV _submission._tcp.x.example: - | "
              "there is no server of that service: goes on without it | "
              "MX x.example: 20 us.example 10 a.example | "
              "A and AAAA a.example: 192.0.2.1 2001:db8::1 | A and AAAA us.example: 192.0.2.7 | "
              "not us.example 192.0.2.7: it is this machine, or not preferred to it | "
              "not a.example 2001:db8::1: smtp_mx_address_limit and "
              "smtp_balance_inet_protocols | ");
    trace.steps.clear();
    site("[192.0.2.1]");
    EXPECT_EQ(told(trace), "");
    names.srv("_submission._tcp.y.example", 1, 2, 587, "a.example");
    site("y.example");
    EXPECT_EQ(told(trace),
              "SRV _submission._tcp.y.example: 1 2 587 a.example | "
              "A and AAAA a.example: 192.0.2.1 2001:db8::1 | ");
    trace.steps.clear();
    options.srv_of_relays = false;
    site("a.example");
    EXPECT_EQ(
        told(trace).substr(0, 85),
        "MX a.example: - | there is no mail exchanger: goes to the host of that name | A and A");
}

}  // namespace
}  // namespace nexthop_test
