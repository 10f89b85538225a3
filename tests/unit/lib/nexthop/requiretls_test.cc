#include "lib/nexthop/requiretls.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "tests/unit/lib/dict/table_world.h"

namespace {

using dict_test::TableWorld;
using nexthop::RequireTls;
using nexthop::RequireTlsPolicies;
using nexthop::TlsLevel;

nexthop::Visit visit_of(const std::string& domain, bool from_dns = false) {
    nexthop::Destination destination;
    destination.text = destination.host = domain;
    nexthop::Endpoint endpoint;
    endpoint.host = "mx.example";
    if (from_dns)
        endpoint.source = nexthop::Endpoint::Source::mx;
    bool is_socket = domain.starts_with('/');
    endpoint.address = *(is_socket ? io::SocketAddress::unix_path(domain)
                                   : io::SocketAddress::inet("192.0.2.1", 25));
    return {domain, "s@example.org", destination, endpoint};
}

io::Task<void> ask(const RequireTlsPolicies& policies, std::string domain, std::string& into) {
    nexthop::Visit visit = visit_of(domain);
    nexthop::FoundRequireTls found = co_await policies.find(visit);
    into = found.trouble.empty()
               ? std::string(name_of(found.action))
               : base::text("! ", found.dsn.text(), " ", found.reason, ": ", found.trouble);
}

struct List {
    const char* main_cf;
    std::vector<std::pair<const char*, const char*>> answers;  // by destination
};

TEST(RequireTlsPolicies, TheFirstThatAnswersCounts) {
    const List lists[] = {
        {"mydomain = Own.Example\n",
         {{"own.example", "opportunistic"},
          {"mail.OWN.example", "opportunistic"},
          {"a.b.own.example", "opportunistic"},
          {"notown.example", "enforce"},
          {"localhost", "opportunistic"},
          {"my.localhost", "enforce"},
          {"192.0.2.7", "opportunistic"},
          {"2001:db8::7", "opportunistic"},
          {"relay.example", "enforce"}}},
        {"smtp_requiretls_policy = inline:{{a.example=disable}, "
         "{.example=Opportunistic+STARTTLS}}\n",
         {{"a.example", "disable"},
          {"b.example", "opportunistic+starttls"},
          {"c.b.example", "opportunistic+starttls"},
          {"example", "enforce"},
          {"other.test", "enforce"}}},
        {"smtp_requiretls_policy = regexp:{{/^\\.example$$/ disable} {/^a/ opportunistic}}, "
         "disable\n",
         {{"a.example", "opportunistic"}, {"b.example", "disable"}}},
        {"smtp_requiretls_policy = inline:{{.0.2.1=disable}}, opportunistic\n",
         {{"192.0.2.1", "opportunistic"}}},
        {"smtp_requiretls_policy =\n", {{"a.example", "enforce"}}},
        {"requiretls_enable = no\n", {{"a.example", "disable"}, {"192.0.2.1", "disable"}}},
        {"smtp_requiretls_policy = inline:{{a.example=no}}, disable\n",
         {{"a.example",
           "! 4.7.5 client TLS configuration problem: smtp_requiretls_policy, table "
           "inline:{{a.example=no}}: key a.example: expected enforce, opportunistic+starttls, "
           "opportunistic or disable instead of \"no\""},
          {"b.example", "disable"}}},
        {"smtp_requiretls_policy = fail:x, disable\n",
         {{"a.example", "! 4.3.0 temporary lookup error: smtp_requiretls_policy: "}}},
    };
    for (const List& list : lists) {
        TableWorld world(list.main_cf);
        config::Settings settings = world.settings();
        config::OwnSettings own(settings, "smtp");
        RequireTlsPolicies policies = RequireTlsPolicies::of(own, world.tables());
        for (const auto& [domain, answer] : list.answers) {
            std::string got;
            world.run(ask(policies, domain, got));
            EXPECT_TRUE(got == answer || (answer[0] == '!' && got.starts_with(answer)))
                << list.main_cf << domain << ": " << got;
        }
    }
}

TEST(RequireTlsPolicies, ASocketIsAskedForAsThisHost) {
    TableWorld world(
        "myhostname = me.example\nlmtp_requiretls_policy = inline:{{me.example=disable}}\n");
    config::Settings settings = world.settings();
    config::OwnSettings own(settings, "lmtp");
    RequireTlsPolicies policies = RequireTlsPolicies::of(own, world.tables());
    std::string got;
    world.run(ask(policies, "/run/lmtp", got));
    EXPECT_EQ(got, "disable");
}

TEST(RequireTlsPolicies, AWrongListStopsTheStart) {
    TableWorld world("smtp_requiretls_policy = enforce,\n    optimistic\n");
    config::Settings settings = world.settings();
    config::OwnSettings own(settings, "smtp");
    try {
        RequireTlsPolicies::of(own, world.tables());
        FAIL() << "it was taken";
    } catch (const config::Error& error) {
        EXPECT_NE(std::string(error.what())
                      .find(": smtp_requiretls_policy: expected enforce, opportunistic+starttls, "
                            "opportunistic or disable, or a table as type:name, instead of "
                            "\"optimistic\""),
                  std::string::npos)
            << error.what();
    }
}

struct Proof {
    TlsLevel level;
    const char* match;
    bool from_dns, signed_mx, sts, proves;
};

TEST(RequireTls, WhatProvesAServer) {
    const Proof rows[] = {
        {TlsLevel::none, "", false, false, false, false},
        {TlsLevel::may, "", false, false, false, false},
        {TlsLevel::encrypt, "", false, false, false, false},
        {TlsLevel::fingerprint, "aa", true, false, false, true},
        {TlsLevel::secure, "nexthop", true, false, false, true},
        {TlsLevel::verify, "hostname", false, false, false, true},
        {TlsLevel::verify, "hostname", true, false, false, false},
        {TlsLevel::verify, "hostname", true, true, false, true},
        {TlsLevel::secure, "hostname", true, false, true, true},
        {TlsLevel::dane, "", true, true, false, false},
    };
    for (const Proof& row : rows) {
        nexthop::TlsPolicy policy;
        policy.level = row.level;
        policy.match = {row.match};
        if (row.sts)
            policy.mx_patterns = {"mx.example"};
        nexthop::Visit visit = visit_of("a.example", row.from_dns);
        visit.provenance.domain_secure = row.signed_mx;
        EXPECT_EQ(proves_server(policy, visit), row.proves) << name_of(row.level) << row.match;
    }
    nexthop::TlsPolicy dane;
    dane.level = TlsLevel::dane;
    dane.tlsa.emplace_back();
    EXPECT_TRUE(proves_server(dane, visit_of("a.example", true)));
    dane.proves_nexthop = false;
    EXPECT_FALSE(proves_server(dane, visit_of("a.example", true)));
}

}  // namespace
