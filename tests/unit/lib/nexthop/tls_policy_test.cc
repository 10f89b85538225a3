#include "lib/nexthop/tls_policy.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/nexthop/tls_policies.h"
#include "tests/unit/lib/dict/table_world.h"

namespace {

using dict_test::TableWorld;
using nexthop::TlsLevel;
using nexthop::TlsPolicy;

std::string joined(const std::vector<std::string>& words) {
    std::string all;
    for (const std::string& word : words)
        base::append(all, all.empty() ? "" : " ", word);
    return all;
}

// "secure match=a b sni=x domain=d …": what of it is not as nobody asked for it.
std::string text(const TlsPolicy& policy) {
    std::string all(name_of(policy.level));
    auto add = [&all](std::string_view name, const std::string& value) {
        if (!value.empty())
            base::append(all, " ", name, "=", value);
    };
    add("match", joined(policy.match));
    add("sni", policy.server_name);
    add("domain", policy.domain);
    add("protocols", policy.protocols ? "set" : "");
    add("ciphers", policy.grade ? "set" : "");
    add("exclude", policy.excluded ? joined(*policy.excluded) : "");
    add("tafile", joined(policy.trust_anchor_files));
    add("mx", joined(policy.mx_patterns));
    add("wrapped", policy.wrapped ? "yes" : "");
    add("reuse", policy.reuse ? "" : "no");
    return all;
}

struct Row {
    const char* entry;
    const char* policy;  // or "! …": what is wrong
    const char* warnings = "";
};

TEST(TlsPolicy, IsReadFromAnEntry) {
    const Row rows[] = {
        {"none", "none"},
        {"May", "may"},
        {"encrypt protocols=>=TLSv1.2:!TLSv1.3, ciphers=high exclude=aNULL:MD5",
         "encrypt protocols=set ciphers=set exclude=aNULL MD5"},
        {"dane", "dane"},
        {"dane-only", "dane-only"},
        {"verify", "verify match=hostname"},
        {"secure", "secure match=nexthop dot-nexthop"},
        {"secure match=a.example:.b.example match=nexthop",
         "secure match=a.example .b.example nexthop"},
        {"fingerprint match=AA:BB|cc match=dd", "fingerprint match=AA:BB cc dd"},
        {"secure servername=hostname tafile=/a tafile=/b",
         "secure match=nexthop dot-nexthop sni=hostname tafile=/a /b"},
        {"encrypt connection_reuse=no wrappermode=yes", "encrypt wrapped=yes reuse=no"},
        {"encrypt { exclude = aNULL }", "encrypt exclude=aNULL"},
        {"encrypt enable_rpk=yes", "encrypt", "enable_rpk=yes needs OpenSSL 3.2 and has no effect"},
        {"none ciphers=high", "none", "attribute ciphers has no effect at level none"},
        // As daemons of MTA-STS have it.
        {"secure match=mx.example:.b.example servername=hostname policy_type=sts "
         "policy_domain=example.com policy_ttl=86400 mx_host_pattern=MX.example "
         "mx_host_pattern=*.b.example { policy_string = version: STSv1 } "
         "{ policy_string = mx: *.b.example }",
         "secure match=hostname sni=hostname mx=mx.example *.b.example"},
        {"secure match=mx.example mx_host_pattern=mx.example", "secure match=mx.example"},
        {"secure match=mx.example policy_type=sts", "secure match=mx.example"},
        {"dane policy_type=tlsa policy_domain=x", "dane"},

        {"",
         "! expected a TLS security level (none, may, encrypt, dane, dane-only, fingerprint, "
         "verify, secure) instead of \"\""},
        {"MUST",
         "! expected a TLS security level (none, may, encrypt, dane, dane-only, "
         "fingerprint, verify, secure) instead of \"MUST\""},
        {"secure nexthop", "! expected name=value instead of \"nexthop\""},
        {"secure { match=a", "! no closing brace: \"{ match=a\""},
        {"secure macht=a", "! unknown attribute \"macht\""},
        {"secure match=", "! attribute match has no value"},
        {"may match=a", "! match=a: expected level fingerprint, verify or secure with it"},
        {"fingerprint", "! level fingerprint without a fingerprint; expected match=…"},
        {"encrypt ciphers=best", "! ciphers=best: expected high, medium or null"},
        {"encrypt protocols=SSLv9",
         "! protocols=SSLv9: expected protocols (SSLv3, TLSv1, TLSv1.1, TLSv1.2, TLSv1.3), each "
         "alone or behind >=, <= or !"},
        {"encrypt servername=-x", "! servername=-x: expected a host's name, hostname or nexthop"},
        {"encrypt tafile=/x", "! tafile=/x: expected level verify or secure with it"},
        {"encrypt connection_reuse=maybe", "! connection_reuse=maybe: expected yes or no"},
    };
    nexthop::TlsDefaults defaults;
    defaults.verify_match = {"hostname"};
    defaults.secure_match = {"nexthop", "dot-nexthop"};
    for (const Row& row : rows) {
        nexthop::ReadTlsPolicy read = nexthop::read_tls_policy(row.entry, defaults);
        EXPECT_EQ(read.policy ? text(*read.policy) : "! " + read.problem, row.policy) << row.entry;
        EXPECT_EQ(joined(read.warnings), row.warnings) << row.entry;
    }
}

TEST(TlsPolicy, APatternOfMtaStsIsOneLabelWide) {
    TlsPolicy policy;
    EXPECT_TRUE(policy.allows_host("any.example"));
    policy.mx_patterns = {"mx.a.example", "*.b.example"};
    EXPECT_TRUE(policy.allows_host("MX.a.example"));
    EXPECT_TRUE(policy.allows_host("x.b.example"));
    for (const char* host : {"a.example", "b.example", ".b.example", "x.y.b.example", "xb.example"})
        EXPECT_FALSE(policy.allows_host(host)) << host;
}

// What mail of one next hop gets, for one host of one element.
struct Asked {
    const char* nexthop;
    const char* element;
    const char* host;
    const char* policy;  // or "! …"
    bool from_dns = false;
};

std::string found(nexthop::TlsPolicies& policies, const Asked& asked) {
    nexthop::Destination to;
    to.text = asked.element;
    std::string_view name = to.text;
    if (name.starts_with('['))
        name = name.substr(1, name.find(']') - 1);
    to.host = name.substr(0, name.find(':'));
    nexthop::Endpoint endpoint;
    endpoint.host = asked.host;
    endpoint.source =
        asked.from_dns ? nexthop::Endpoint::Source::mx : nexthop::Endpoint::Source::name;
    nexthop::FoundTlsPolicy found;
    io::Scope scope;
    struct Into {
        static io::Task<void> ask(nexthop::TlsPolicies& from, nexthop::Visit visit,
                                  nexthop::FoundTlsPolicy& into) {
            nexthop::FoundTlsPolicy answer = co_await from.find(std::move(visit));
            into = std::move(answer);
        }
    };
    scope.spawn(Into::ask(policies, nexthop::Visit(asked.nexthop, "", to, endpoint), found));
    io::loop().run_until_idle();
    return found.trouble.empty() ? text(found.policy) : "! " + found.reason;
}

struct PolicyWorld : testing::Test {
    std::unique_ptr<TableWorld> world;
    nexthop::TlsPolicies policies;

    void read(const std::string& main_cf, const std::string& table = "") {
        TearDown();  // one loop at a time
        world = std::make_unique<TableWorld>(main_cf);
        world->write("tls", table);
        config::Settings settings = world->settings();
        policies = nexthop::TlsPolicies::of(config::OwnSettings(settings, "smtp"), world->tables());
    }
    void expect(const std::vector<Asked>& rows) {
        for (const Asked& row : rows)
            EXPECT_EQ(found(policies, row), row.policy) << row.nexthop << " " << row.element;
    }
    void TearDown() override {
        policies = {};
        world.reset();
    }
};

TEST_F(PolicyWorld, KeysInTheirOrder) {
    read(
        "smtp_tls_security_level = encrypt\n"
        "smtp_tls_policy_maps = inline:{{[a.example]:587=secure}, {[b.example]:587, "
        "[c.example]=dane-only}, "
        "{.example.org=verify}, {sub.example.org=may}, {d.example=none}, {strong.example=secure}, "
        "{e.example=wrong}}\n");
    expect({
        {"[a.example]:587", "[a.example]:587", "a.example",
         "secure match=nexthop dot-nexthop domain=a.example"},
        {"[a.example]:587, [x.example]", "[a.example]:587", "a.example",
         "secure match=nexthop dot-nexthop domain=a.example"},
        {"[a.example]:587, [x.example]", "[x.example]", "x.example", "encrypt"},
        {"[a.example]:25", "[a.example]:25", "a.example", "encrypt"},
        {"[b.example]:587, [c.example]", "[c.example]", "c.example", "dane-only domain=c.example"},
        {"www.example.org", "www.example.org", "mx.other", "verify match=hostname", true},
        {"sub.example.org", "sub.example.org", "mx.other", "may", true},
        {"[www.example.org]", "[www.example.org]", "www.example.org", "encrypt"},
        {"www.example.org:587", "www.example.org:587", "www.example.org", "encrypt"},
        {"[d.example]:587", "[d.example]:587", "d.example", "none"},
        {"any.example", "any.example", "d.example", "encrypt", true},
        {"any.example", "any.example", "strong.example",
         "secure match=nexthop dot-nexthop domain=any.example", true},
        {"e.example", "e.example", "e.example", "! client TLS configuration problem"},
    });
}

// Whoever forges MX records has a certificate for the host that they name.
TEST_F(PolicyWorld, AHostsEntryDoesNotSayWhatCertificateWillDo) {
    read(
        "smtp_tls_security_level = secure\n"
        "smtp_tls_policy_maps = inline:{{mx.evil.example=secure match=mx.evil.example}}\n");
    expect({{"a.example", "a.example", "mx.evil.example",
             "secure match=nexthop dot-nexthop domain=a.example", true},
            {"[mx.evil.example]:587", "[mx.evil.example]:587", "mx.evil.example",
             "secure match=mx.evil.example"}});
}

TEST_F(PolicyWorld, OneForAllNeedsNoQuestion) {
    read("smtp_tls_security_level = may\n");
    EXPECT_TRUE(policies.same_for_all());
    EXPECT_FALSE(policies.none());
    read("smtp_tls_security_level =\n");
    EXPECT_TRUE(policies.none());
    read("smtp_tls_security_level = secure\n");
    EXPECT_FALSE(policies.same_for_all()) << "the name of the next hop is part of it";
    read("smtp_tls_security_level = verify\n");
    EXPECT_TRUE(policies.same_for_all());
}

TEST_F(PolicyWorld, TroubleKeepsMailWaiting) {
    read("smtp_tls_policy_maps = fail:x\n");
    expect({{"[a.example]", "[a.example]", "a.example", "! temporary lookup error"}});
    read("smtp_tls_security_level = may\nsmtp_tls_wrappermode = yes\n");
    expect({{"[a.example]", "[a.example]", "a.example", "! client TLS configuration problem"}});
    read("smtp_tls_security_level = fingerprint\n");
    expect({{"[a.example]", "[a.example]", "a.example", "! client TLS configuration problem"}});
    read(
        "smtp_tls_policy_maps = "
        "inline:{{a.example=secure policy_type=sts mx_host_pattern=mx.a.example}}\n");
    expect({{"a.example", "a.example", "mx.a.example",
             "secure match=hostname sni=hostname mx=mx.a.example"},
            {"a.example", "a.example", "mx.evil.example",
             "! host mx.evil.example is not in the MTA-STS policy of a.example", true}});
}

TEST_F(PolicyWorld, OlderForms) {
    const std::pair<const char*, const char*> rows[] = {
        {"smtp_use_tls = yes\n", "may"},
        {"smtp_enforce_tls = yes\n", "verify match=hostname"},
        {"smtp_enforce_tls = yes\nsmtp_tls_enforce_peername = no\n", "encrypt"},
        {"smtp_use_tls = yes\nsmtp_tls_security_level = none\n", "none"},
        {"smtp_tls_per_site = inline:{{[a.example]=MUST}, {a.example=NONE}}\n",
         "verify match=hostname"},
        {"smtp_tls_per_site = inline:{{[a.example]=MAY}, {a.example=NONE}}\n", "none"},
        {"smtp_tls_per_site = inline:{{[a.example]=must_nopeermatch}}\n", "encrypt"},
        {"smtp_tls_per_site = inline:{{[a.example]=MAY}}\nsmtp_enforce_tls = yes\n",
         "verify match=hostname"},
        {"smtp_tls_per_site = inline:{{[a.example]=NONE}}\nsmtp_enforce_tls = yes\n", "none"},
        {"smtp_tls_per_site = inline:{{[a.example]=SURE}}\n", "! client TLS configuration problem"},
    };
    for (const auto& [main_cf, policy] : rows) {
        read(main_cf);
        expect({{"[a.example]", "[a.example]", "a.example", policy}});
    }
}

}  // namespace
