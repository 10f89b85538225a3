// DANE: what levels dane and dane-only come to, by the records of the host and who vouches for
// them.
#include "lib/nexthop/dane.h"

#include "lib/base/log.h"
#include "lib/nexthop/options.h"

#include "tests/unit/lib/nexthop/lookup_world.h"

namespace nexthop_test {
namespace {

using nexthop::DaneSettings;
using nexthop::FoundTlsPolicy;
using nexthop::TlsLevel;

struct Dane : SiteLookupTest {
    Dane() {
        options.dnssec = true;
        names.a("mx.example", "192.0.2.1").mx("x.example", 10, "mx.example");
        secure("mx.example", Type::a).secure("x.example", Type::mx);
    }

    Dane& secure(const std::string& name, Type type) {
        names.answers[{name, type}].authentic = true;
        return *this;
    }
    Dane& tlsa(uint8_t usage, uint8_t selector = 1, const std::string& data = "\x01") {
        names.add("_25._tcp.mx.example", Type::tlsa, dns::Certificate{usage, selector, 1, data});
        return secure("_25._tcp.mx.example", Type::tlsa);
    }
    Dane& level(TlsLevel wanted) {
        asked = wanted;
        return *this;
    }

    static io::Task<void> apply(const nexthop::Dane& dane, const FoundTlsPolicy& found,
                                const nexthop::Visit& visit, FoundTlsPolicy& into) {
        FoundTlsPolicy applied = co_await dane.apply(found, visit);
        into = std::move(applied);
    }
    FoundTlsPolicy found(const nexthop::Destination& to, const nexthop::Endpoint& endpoint) {
        nexthop::Dane dane(settings, names,
                           [](const tls::Tlsa& record) { return record.usage > 1; });
        FoundTlsPolicy before, after;
        before.policy.level = asked;
        before.policy.domain = to.host;
        nexthop::Visit visit(to.text, "", to, endpoint);
        base::log::flush();
        testing::internal::CaptureStderr();
        asking.spawn(apply(dane, before, visit, after));
        loop.run_until_idle();
        base::log::flush();
        log = testing::internal::GetCapturedStderr();
        return after;
    }
    FoundTlsPolicy found(const std::string& destination) {
        nexthop::Destination to = nexthop::parse_destinations(destination, rules).at(0);
        return found(to, site(destination).endpoints.at(0));
    }
    // "dane 3 at mx.example names …", "encrypt", "4.7.5 text".
    std::string shown(const std::string& destination) {
        FoundTlsPolicy is = found(destination);
        if (!is.trouble.empty())
            return base::text(is.dsn.text(), ' ', is.reason);
        std::string out(name_of(is.policy.level));
        for (const tls::Tlsa& each : is.policy.tlsa)
            base::append(out, ' ', static_cast<unsigned>(each.usage));
        if (!is.policy.tlsa.empty())
            base::append(out, " at ", is.policy.tlsa_domain, is.policy.proves_nexthop ? "" : "?");
        for (const std::string& each : is.policy.match)
            base::append(out, ' ', each);
        EXPECT_EQ(is.policy.domain, "") << "it would keep apart what has one policy";
        return out;
    }

    DaneSettings settings;
    TlsLevel asked = TlsLevel::dane;
    std::string log;
};

TEST_F(Dane, UsableRecordsDecide) {
    tlsa(3).tlsa(2).tlsa(1);
    EXPECT_EQ(shown("x.example"), "dane 2 3 at mx.example mx.example x.example");
    EXPECT_NE(log.find("_25._tcp.mx.example: unusable TLSA record: 1 1 1 01"), std::string::npos);
    EXPECT_EQ(shown("[mx.example]"), "dane 2 3 at mx.example mx.example");
    level(TlsLevel::dane_only);
    EXPECT_EQ(shown("x.example"), "dane-only 2 3 at mx.example mx.example x.example");
}

TEST_F(Dane, AliasesOnTheWayAreNamesToo) {
    tlsa(2);
    names.answers[{"x.example", Type::mx}].name = "y.example";
    EXPECT_EQ(shown("x.example"), "dane 2 at mx.example mx.example y.example x.example");
}

TEST_F(Dane, WithoutUsableOnesThereIsTlsAndNoProof) {
    tlsa(0).tlsa(1);
    EXPECT_EQ(shown("x.example"), "encrypt");
    EXPECT_NE(log.find("warning: TLSA records unusable"), std::string::npos);
    level(TlsLevel::dane_only);
    EXPECT_EQ(shown("x.example"), "4.7.5 TLSA records unusable");
}

TEST_F(Dane, WithoutAnyThereMayBeTls) {
    EXPECT_EQ(shown("x.example"), "may");
    EXPECT_EQ(log, "");
    level(TlsLevel::dane_only);
    EXPECT_EQ(shown("x.example"), "4.7.5 no TLSA records found");
    EXPECT_EQ(shown("[192.0.2.1]"), "4.7.5 no TLSA records found");
}

TEST_F(Dane, TroubleIsNoReasonToDoWithout) {
    names.state("_25._tcp.mx.example", Type::tlsa, State::retry);
    for (TlsLevel each : {TlsLevel::dane, TlsLevel::dane_only}) {
        level(each);
        EXPECT_EQ(shown("x.example"), "4.7.5 TLSA lookup error for mx.example:25");
        EXPECT_NE(log.find("DANE TLSA lookup problem: Host or domain name not found"),
                  std::string::npos);
    }
}

TEST_F(Dane, WhatAnUnsignedMxRecordLeadsTo) {
    tlsa(3);
    names.answers[{"x.example", Type::mx}].authentic = false;
    EXPECT_EQ(shown("x.example"), "dane 3 at mx.example? mx.example x.example");
    settings.insecure_mx = TlsLevel::encrypt;
    EXPECT_EQ(shown("x.example"), "encrypt");
    settings.insecure_mx = TlsLevel::may;
    EXPECT_EQ(shown("x.example"), "may");
    level(TlsLevel::dane_only);
    for (TlsLevel each : {TlsLevel::may, TlsLevel::encrypt, TlsLevel::dane}) {
        settings.insecure_mx = each;
        EXPECT_EQ(shown("x.example"), "4.7.5 non DNSSEC destination");
        EXPECT_EQ(shown("[mx.example]"), "dane-only 3 at mx.example mx.example");
    }
}

// Whoever keeps an answer back would choose the host.
TEST_F(Dane, ADestinationThatNameServersDoNotTellOf) {
    tlsa(3);
    options.try_null_mx_list = options.ignore_srv_error = true;
    options.srv_services = {"smtp"};
    names.state("_smtp._tcp.x.example", Type::srv, State::retry);
    EXPECT_EQ(shown("x.example"), "dane 3 at mx.example mx.example x.example")
        << "its signed MX records are as good";
    names.answers[{"x.example", Type::mx}].authentic = false;
    EXPECT_EQ(shown("x.example"), "4.7.5 MX or SRV lookup error for x.example");
    options.srv_services.clear();
    EXPECT_EQ(shown("x.example"), "dane 3 at mx.example? mx.example x.example");
    names.state("x.example", Type::mx, State::retry).a("x.example", "192.0.2.9");
    secure("x.example", Type::a);
    for (TlsLevel each : {TlsLevel::dane, TlsLevel::dane_only}) {
        level(each);
        EXPECT_EQ(shown("x.example"), "4.7.5 MX or SRV lookup error for x.example");
    }
    level(TlsLevel::dane);
    EXPECT_EQ(shown("[x.example]"), "may") << "nobody asks for exchangers of a host";
    names.state("x.example", Type::mx, State::none);
    EXPECT_EQ(shown("x.example"), "may");
}

TEST_F(Dane, AConfigurationThatCannotHaveIt) {
    tlsa(3);
    settings.obstacle = "dnssec lookups disabled";
    EXPECT_EQ(shown("x.example"), "encrypt");
    EXPECT_NE(log.find("warning: x.example: dane configured with dnssec lookups disabled"),
              std::string::npos);
    level(TlsLevel::dane_only);
    EXPECT_EQ(shown("x.example"), "4.7.5 client TLS configuration problem");
}

TEST_F(Dane, ASocketHasNoNameInDns) {
    nexthop::Destination to;
    to.text = "unix:/s";
    nexthop::Endpoint endpoint;
    endpoint.address = *io::SocketAddress::unix_path("/s");
    EXPECT_EQ(found(to, endpoint).reason, "client TLS configuration problem");
}

config::Settings main_cf_of(const char* text) {
    return config::Settings::from(config::MainCf::parse(text, "main.cf"), "/etc/postfix");
}

struct Row {
    const char* main_cf;
    const char* obstacle;
};

TEST_F(Dane, WhatMainCfMustAllow) {
    const Row rows[] = {
        {"smtp_dns_support_level = dnssec\n", ""},
        {"", "dnssec lookups disabled"},
        {"smtp_dns_support_level = enabled\n", "dnssec lookups disabled"},
        {"smtp_dns_support_level = dnssec\nsmtp_host_lookup = native\n", "dnssec lookups disabled"},
        {"smtp_dns_support_level = dnssec\nsmtp_host_lookup = dns, native\n", ""},
        {"smtp_dns_support_level = dnssec\nignore_mx_lookup_error = yes\n",
         "MX lookup errors ignored"},
        {"smtp_dns_support_level = dnssec\nsmtp_dns_resolver_options = res_dnsrch\n",
         "names that are searched for in other domains"},
    };
    for (const Row& row : rows) {
        config::Settings main_cf = main_cf_of(row.main_cf);
        config::OwnSettings own(main_cf, "smtp");
        nexthop::LookupOptions lookup = nexthop::Options::from(own, "smtp").lookup;
        EXPECT_EQ(DaneSettings::from(own, lookup).obstacle, row.obstacle) << row.main_cf;
    }
}

TEST_F(Dane, TheLevelForUnsignedMxRecordsFollowsTheUsualOne) {
    const std::pair<const char*, TlsLevel> rows[] = {
        {"smtp_tls_security_level = dane\n", TlsLevel::dane},
        {"smtp_tls_security_level = may\n", TlsLevel::may},
        {"smtp_tls_dane_insecure_mx_policy = encrypt\n", TlsLevel::encrypt},
    };
    for (const auto& [text, expected] : rows) {
        config::Settings main_cf = main_cf_of(text);
        config::OwnSettings own(main_cf, "smtp");
        EXPECT_EQ(DaneSettings::from(own, options).insecure_mx, expected) << text;
    }
}

}  // namespace
}  // namespace nexthop_test
