// Sites: what name service says, and what follows from it (the table of smtp(8)).
#include <set>

#include "lib/base/log.h"
#include "tests/unit/lib/nexthop/lookup_world.h"

namespace nexthop_test {
namespace {

using namespace std::chrono_literals;

TEST_F(SiteLookupTest, ExchangersInOrder) {
    names.mx("example.org", 20, "b.example.org").mx("example.org", 10, "a.example.org");
    names.a("a.example.org", "192.0.2.1").aaaa("a.example.org", "2001:db8::1");
    names.a("b.example.org", "192.0.2.2").a("example.org", "192.0.2.3");
    EXPECT_EQ(shown("example.org"),
              "10 a.example.org 192.0.2.1:25; 10 a.example.org 2001:db8::1:25; "
              "20 b.example.org 192.0.2.2:25; ");
    EXPECT_EQ(shown("example.org:587"),
              "10 a.example.org 192.0.2.1:587; 10 a.example.org 2001:db8::1:587; "
              "20 b.example.org 192.0.2.2:587; ");
    EXPECT_EQ(shown("[example.org]"), "0 example.org 192.0.2.3:25; ");
    EXPECT_EQ(shown("a.example.org"),
              "0 a.example.org 192.0.2.1:25; 0 a.example.org 2001:db8::1:25; ");
    nexthop::Site found = site("example.org");
    EXPECT_TRUE(found.endpoints[0].best && found.endpoints[1].best && !found.endpoints[2].best);
    options.preference = nexthop::AddressPreference::ipv6;
    EXPECT_EQ(shown("a.example.org"),
              "0 a.example.org 2001:db8::1:25; 0 a.example.org 192.0.2.1:25; ");
    options.ask_dns = false;
    EXPECT_EQ(shown("example.org"), "0 example.org 192.0.2.3:25; ");
}

TEST_F(SiteLookupTest, HostsDoNotWaitForEachOthersNameServers) {
    names.mx("example.org", 10, "a.example.org").mx("example.org", 20, "b.example.org");
    names.mx("example.org", 30, "c.example.org").mx("example.org", 40, "");
    names.a("a.example.org", "192.0.2.1").a("c.example.org", "192.0.2.3");
    for (const char* each : {"a.example.org", "b.example.org", "c.example.org"})
        names.delay(each, Type::a, 3s);
    nexthop::Destination to = nexthop::parse_destinations("example.org", rules).at(0);
    nexthop::Site found;
    asking.spawn(look_up(sites, to, purpose, found));
    loop.run_until_idle();
    EXPECT_TRUE(found.endpoints.empty());
    clock.advance(3s);
    loop.run_until_idle();
    ASSERT_EQ(found.endpoints.size(), 2u);
    EXPECT_EQ(found.endpoints[0].ip, "192.0.2.1");
    EXPECT_EQ(found.endpoints[1].preference, 30);
    // Nobody waits any more when the one who asks is gone.
    asking.spawn(look_up(sites, to, purpose, found));
    loop.run_until_idle();
    asking.cancel();
    loop.run_until_idle();
    EXPECT_EQ(asking.running(), 0u);
}

TEST_F(SiteLookupTest, AddressesStandForThemselves) {
    EXPECT_EQ(shown("192.0.2.1"), "0 192.0.2.1 192.0.2.1:25; ");
    EXPECT_EQ(shown("[ipv6:2001:db8::1]:26"), "0 2001:db8::1 2001:db8::1:26; ");
    EXPECT_TRUE(names.asked.empty());
}

struct Row {
    const char* what;
    State mx;
    State address;
    std::string plain;    // code for "x.example", with MX mail.x.example when mx is found
    std::string ignored;  // the same with ignore_mx_lookup_error, the domain having an address
    std::string host;     // code for "[mail.x.example]"
};

TEST_F(SiteLookupTest, AliasesAndTheNamesOfServers) {
    names.a("alias.example", "192.0.2.1");
    names.answers[{"alias.example", dns::Type::a}].name = "real.example";
    for (bool overrides : {false, true}) {
        options.alias_names = overrides;
        EXPECT_EQ(shown("[alias.example]"),
                  overrides ? "0 real.example 192.0.2.1:25; " : "0 alias.example 192.0.2.1:25; ");
    }
}

TEST_F(SiteLookupTest, OutcomesOfLookups) {
    const Row rows[] = {
        {"nothing wrong", State::found, State::found, "found", "found", "found"},
        {"no MX", State::none, State::found, "found", "found", "found"},
        {"MX retry", State::retry, State::found, "4.4.3", "found", "found"},
        {"MX fatal", State::fatal, State::found, "5.4.3", "found", "found"},
        {"MX invalid", State::invalid, State::found, "5.4.4", "found", "found"},
        {"address none", State::found, State::none, "5.4.4", "5.4.4", "5.4.4"},
        {"address retry", State::found, State::retry, "4.4.3", "4.4.3", "4.4.3"},
        {"address fatal", State::found, State::fatal, "5.4.3", "5.4.3", "5.4.3"},
        {"address invalid", State::found, State::invalid, "5.4.4", "5.4.4", "5.4.4"},
    };
    for (const Row& row : rows) {
        names.answers.clear();
        names.a("x.example", "192.0.2.1");
        if (row.mx == State::found)
            names.mx("x.example", 10, "mail.x.example");
        else
            names.state("x.example", Type::mx, row.mx);
        if (row.address == State::found)
            names.a("mail.x.example", "192.0.2.2");
        else
            names.state("mail.x.example", Type::a, row.address);
        options.ignore_mx_error = false;
        EXPECT_EQ(code("x.example"), row.plain) << row.what;
        EXPECT_EQ(code("[mail.x.example]"), row.host) << row.what;
        options.ignore_mx_error = true;
        EXPECT_EQ(code("x.example"), row.ignored) << row.what;
        options.defer_if_no_address = true;
        if (row.mx == State::found && row.address != State::found) {
            EXPECT_EQ(code("x.example"), "4.4.4") << row.what;
        }
        options.defer_if_no_address = false;
    }
    EXPECT_EQ(code("nowhere.example"), "5.4.4");
}

TEST_F(SiteLookupTest, SoftErrorsOutweighHardOnes) {
    testing::internal::CaptureStderr();
    struct Two {
        State first;
        State second;
        std::string code;
    };
    const Two rows[] = {
        {State::none, State::none, "5.4.4"},   {State::retry, State::none, "4.4.4"},
        {State::none, State::retry, "4.4.3"},  {State::retry, State::fatal, "4.4.3"},
        {State::fatal, State::retry, "4.4.3"}, {State::none, State::fatal, "5.4.3"},
        {State::fatal, State::none, "5.4.4"},  {State::retry, State::invalid, "4.4.3"},
        {State::retry, State::found, "found"}, {State::found, State::none, "found"},
    };
    for (const Two& row : rows) {
        names.answers.clear();
        names.mx("x.example", 10, "a.x.example").mx("x.example", 20, "b.x.example");
        const std::pair<std::string, State> exchangers[] = {{"a.x.example", row.first},
                                                            {"b.x.example", row.second}};
        for (const auto& [host, state] : exchangers) {
            if (state == State::found)
                names.a(host, "192.0.2.1");
            else
                names.state(host, Type::a, state);
        }
        EXPECT_EQ(code("x.example"), row.code);
    }
    base::log::flush();
    std::string log = testing::internal::GetCapturedStderr();
    EXPECT_NE(log.find("warning: no MX host for x.example has a valid address record"),
              std::string::npos)
        << log;
}

TEST_F(SiteLookupTest, NullMx) {
    names.mx("x.example", 0, "").a("x.example", "192.0.2.1");
    EXPECT_EQ(shown("x.example"), "5.1.0 Domain x.example does not accept mail (nullMX)");
}

TEST_F(SiteLookupTest, Ourselves) {
    names.a("a.example", "192.0.2.1").a("us.example", "192.0.2.7").a("c.example", "192.0.2.3");
    struct Mx {
        std::vector<std::pair<uint16_t, std::string>> exchangers;
        std::string destination;
        std::string shown;
    };
    const Mx rows[] = {
        {{{10, "a.example"}, {20, "us.example"}, {30, "c.example"}},
         "x.example",
         "10 a.example 192.0.2.1:25; "},
        {{{10, "us.example"}, {20, "c.example"}},
         "x.example",
         "5.4.6 mail for x.example loops back to myself"},
        {{{10, "gone.example"}, {20, "us.example"}},
         "x.example",
         "4.4.4 unable to find primary relay for x.example"},
        {{}, "[us.example]", "5.4.6 mail for us.example loops back to myself"},
        {{}, "[192.0.2.7]", "5.4.6 mail for 192.0.2.7 loops back to myself"},
        {{}, "[192.0.2.7]:26", "0 192.0.2.7 192.0.2.7:26; "},
        {{{10, "us.example"}, {20, "c.example"}},
         "x.example:26",
         "10 us.example 192.0.2.7:26; 20 c.example 192.0.2.3:26; "},
    };
    for (const Mx& row : rows) {
        names.answers.erase({"x.example", Type::mx});
        for (const auto& [preference, host] : row.exchangers)
            names.mx("x.example", preference, host);
        EXPECT_EQ(shown(row.destination), row.shown);
    }
    EXPECT_TRUE(site("[us.example]").ours);
    EXPECT_FALSE(site("[us.example]:26").ours);
    EXPECT_FALSE(site("[us.example]:26").endpoints[0].loop_guard);
    options.guard_loops = false;
    EXPECT_EQ(shown("[us.example]"), "0 us.example 192.0.2.7:25; ");
}

TEST_F(SiteLookupTest, RandomWithinOnePreference) {
    options.randomize = true;
    for (const char* ip : {"192.0.2.1", "192.0.2.2", "192.0.2.3"})
        names.a("a.example", ip);
    names.a("b.example", "192.0.2.9");
    names.mx("x.example", 20, "b.example").mx("x.example", 10, "a.example");
    sites.seed(5);
    std::set<std::string> first;
    for (int i = 0; i < 60; ++i) {
        nexthop::Site found = site("x.example");
        ASSERT_EQ(found.endpoints.size(), 4u);
        first.insert(found.endpoints.front().ip);
        EXPECT_EQ(found.endpoints.back().ip, "192.0.2.9");
    }
    EXPECT_EQ(first.size(), 3u);
}

TEST_F(SiteLookupTest, Services) {
    const std::string name = "_submission._tcp.x.example";
    options.srv_services = {"submission"};
    options.own = config::OwnAddresses({"192.0.2.1", "192.0.2.2"});
    names.a("a.example", "192.0.2.1").a("b.example", "192.0.2.2").a("x.example", "192.0.2.9");
    names.srv(name, 20, 1, 588, "b.example").srv(name, 10, 1, 589, "a.example");
    EXPECT_EQ(shown("x.example:submission"),
              "10 a.example 192.0.2.1:589; 20 b.example 192.0.2.2:588; ");
    EXPECT_EQ(shown("x.example:587"), "0 x.example 192.0.2.9:587; ");
    EXPECT_EQ(shown("[x.example]:submission"), "0 x.example 192.0.2.9:587; ");
    EXPECT_EQ(shown("x.example"), "0 x.example 192.0.2.9:25; ");
    EXPECT_EQ(shown("192.0.2.9:submission"), "0 192.0.2.9 192.0.2.9:587; ");
    options.ask_dns = false;
    EXPECT_EQ(shown("x.example:submission"), "0 x.example 192.0.2.9:587; ");
}

TEST_F(SiteLookupTest, OutcomesOfServiceLookups) {
    struct Srv {
        State state;
        std::string target;  // when found
        std::string code;
        std::string ignored;  // with ignore_srv_lookup_error
    };
    const Srv rows[] = {
        {State::none, "", "5.4.4", "5.4.4"},
        {State::retry, "", "4.4.3", "found"},
        {State::fatal, "", "5.4.3", "found"},
        {State::invalid, "", "5.4.4", "found"},
        {State::found, "", "5.1.0", "5.1.0"},
        {State::found, "gone.example", "5.4.4", "5.4.4"},
        {State::found, "x.example", "found", "found"},
    };
    const std::string name = "_submission._tcp.x.example";
    options.srv_services = {"submission"};
    for (const Srv& row : rows) {
        names.answers.clear();
        names.a("x.example", "192.0.2.1");
        if (row.state == State::found)
            names.srv(name, 1, 1, 587, row.target);
        else
            names.state(name, Type::srv, row.state);
        options.ignore_srv_error = options.allow_srv_fallback = false;
        EXPECT_EQ(code("x.example:submission"), row.code);
        options.ignore_srv_error = true;
        EXPECT_EQ(code("x.example:submission"), row.ignored) << row.code;
        options.allow_srv_fallback = true;
        EXPECT_EQ(code("x.example:submission"), "found") << row.code;
    }
}

TEST_F(SiteLookupTest, SocketsAndDefects) {
    rules.lmtp = true;
    nexthop::Site found = site("unix:private/lmtp");
    ASSERT_EQ(found.endpoints.size(), 1u);
    EXPECT_EQ(found.endpoints[0].address.path(), "private/lmtp");
    EXPECT_EQ(found.endpoints[0].host, "client.example");
    EXPECT_EQ(code("hh."), "4.3.5");
}

}  // namespace
}  // namespace nexthop_test
