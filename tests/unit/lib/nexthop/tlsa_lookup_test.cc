// TLSA records: of which hosts they are asked, under which names, and what counts.
#include "lib/nexthop/tlsa_lookup.h"

#include "tests/unit/lib/nexthop/lookup_world.h"

namespace nexthop_test {
namespace {

using Found = nexthop::Tlsa::State;

struct TlsaLookup : SiteLookupTest {
    TlsaLookup() { options.dnssec = true; }

    TlsaLookup& secure(const std::string& name, Type type) {
        names.answers[{name, type}].authentic = true;
        return *this;
    }
    TlsaLookup& alias(const std::string& name, const std::string& end) {
        names.answers[{name, Type::a}].name = end;
        return *this;
    }
    TlsaLookup& tlsa(const std::string& name, uint8_t usage = 3) {
        names.add(name, Type::tlsa, dns::Certificate{usage, 1, 1, "\x12\xab"});
        return secure(name, Type::tlsa);
    }

    static io::Task<void> ask(dns::Resolver& resolver, const nexthop::Endpoint& endpoint,
                              bool insecure_too, nexthop::LookupTrace* trace, nexthop::Tlsa& into) {
        nexthop::Tlsa found = co_await nexthop::find_tlsa(resolver, endpoint.provenance,
                                                          endpoint.port(), insecure_too, trace);
        into = std::move(found);
    }
    // "mx.example: 3 1 1 12ab", "none", "failed: …"; and the names asked for.
    std::string shown(const nexthop::Endpoint& endpoint, bool insecure_too = false) {
        names.asked.clear();
        nexthop::Tlsa found;
        nexthop::LookupTrace trace;
        asking.spawn(ask(names, endpoint, insecure_too, &trace, found));
        loop.run_until_idle();
        EXPECT_EQ(trace.steps.size(), names.asked.size());
        std::string out = found.state == Found::failed ? "failed: " + found.reason : "";
        if (found.state == Found::none)
            out = "none";
        for (const dns::Certificate& each : found.records) {
            dns::Record record;
            record.data = each;
            base::append(out, found.base_domain, ": ", nexthop::text_of(record));
        }
        for (const auto& [name, type] : names.asked)
            base::append(out, "; ", name);
        return out;
    }
    std::string of(const std::string& destination, bool insecure_too = false) {
        nexthop::Site found = site(destination);
        EXPECT_EQ(found.endpoints.size(), 1u) << destination;
        return found.endpoints.empty() ? "" : shown(found.endpoints[0], insecure_too);
    }
};

TEST_F(TlsaLookup, WhatLedToAnEndpointIsKept) {
    names.mx("x.example", 10, "mx.example").a("mx.example", "192.0.2.1");
    names.answers[{"x.example", Type::mx}].name = "y.example";
    secure("x.example", Type::mx).secure("mx.example", Type::a).alias("mx.example", "end.example");
    nexthop::Provenance from = site("x.example").endpoints.at(0).provenance;
    EXPECT_EQ(from.domain, "x.example");
    EXPECT_EQ(from.domain_end, "y.example");
    EXPECT_EQ(from.host, "mx.example");
    EXPECT_EQ(from.host_end, "end.example");
    EXPECT_TRUE(from.host_secure && from.domain_secure);
    from = site("[mx.example]").endpoints.at(0).provenance;
    EXPECT_EQ(from.domain, "");
    EXPECT_TRUE(from.host_secure && !from.domain_secure);
    options.dnssec = false;
    from = site("x.example").endpoints.at(0).provenance;
    EXPECT_TRUE(from.host.empty() && !from.host_secure && !from.domain_secure);
}

TEST_F(TlsaLookup, ServersOfAServiceAreNamedByTheDomain) {
    options.srv_services = {"submission"};
    names.srv("_submission._tcp.x.example", 0, 0, 587, "s.example").a("s.example", "192.0.2.1");
    secure("_submission._tcp.x.example", Type::srv).secure("s.example", Type::a);
    tlsa("_587._tcp.s.example");
    nexthop::Provenance from = site("x.example:submission").endpoints.at(0).provenance;
    EXPECT_EQ(from.domain, "x.example");
    EXPECT_TRUE(from.domain_secure);
    EXPECT_EQ(of("x.example:submission"), "s.example: 3 1 1 12ab; _587._tcp.s.example");
}

TEST_F(TlsaLookup, ASecureHostHasThemUnderItsName) {
    names.a("mx.example", "192.0.2.1");
    secure("mx.example", Type::a);
    EXPECT_EQ(of("[mx.example]"), "none; _25._tcp.mx.example");
    tlsa("_25._tcp.mx.example").tlsa("_587._tcp.mx.example", 2);
    EXPECT_EQ(of("[mx.example]"), "mx.example: 3 1 1 12ab; _25._tcp.mx.example");
    EXPECT_EQ(of("[mx.example]:587"), "mx.example: 2 1 1 12ab; _587._tcp.mx.example");
    names.answers[{"_25._tcp.mx.example", Type::tlsa}].authentic = false;
    EXPECT_EQ(of("[mx.example]"), "none; _25._tcp.mx.example") << "anybody may have made it";
}

TEST_F(TlsaLookup, AnAliasHasThemAtItsEndOrUnderItsOwnName) {
    names.a("www.example", "192.0.2.1");
    secure("www.example", Type::a).alias("www.example", "end.example");
    tlsa("_25._tcp.www.example");
    EXPECT_EQ(of("[www.example]"),
              "www.example: 3 1 1 12ab; _25._tcp.end.example; _25._tcp.www.example");
    tlsa("_25._tcp.end.example");
    EXPECT_EQ(of("[www.example]"), "end.example: 3 1 1 12ab; _25._tcp.end.example");
}

TEST_F(TlsaLookup, AnInsecureHostIsAskedAboutAsAnAliasOnly) {
    names.a("mx.example", "192.0.2.1");
    tlsa("_25._tcp.mx.example");
    EXPECT_EQ(of("[mx.example]"), "none");
    EXPECT_EQ(of("[mx.example]", true), "mx.example: 3 1 1 12ab; _25._tcp.mx.example");
    alias("mx.example", "cloud.example");
    EXPECT_EQ(of("[mx.example]"), "mx.example: 3 1 1 12ab; _25._tcp.mx.example");
}

TEST_F(TlsaLookup, TroubleIsNotTakenForAbsence) {
    names.a("mx.example", "192.0.2.1");
    secure("mx.example", Type::a).alias("mx.example", "end.example");
    tlsa("_25._tcp.mx.example");
    for (State trouble : {State::retry, State::fatal, State::invalid}) {
        names.state("_25._tcp.end.example", Type::tlsa, trouble);
        EXPECT_EQ(of("[mx.example]").substr(0, 8), "failed: ");
        EXPECT_EQ(names.asked.size(), 1u);
    }
}

TEST_F(TlsaLookup, NumbersHaveNone) {
    EXPECT_EQ(of("[192.0.2.1]", true), "none");
}

// Silence of name servers is what an attacker would make.
TEST_F(TlsaLookup, AStaleHostIsStillOneThatWasSigned) {
    purpose.configured = true;
    purpose.stale_time = std::chrono::hours(1);
    names.a("mx.example", "192.0.2.1");
    secure("mx.example", Type::a);
    of("[mx.example]");
    names.state("mx.example", Type::a, State::retry);
    names.state("_25._tcp.mx.example", Type::tlsa, State::retry);
    EXPECT_TRUE(site("[mx.example]").endpoints.at(0).stale);
    EXPECT_EQ(of("[mx.example]").substr(0, 8), "failed: ");
}

}  // namespace
}  // namespace nexthop_test
