// What SiteLookup's tests ask: scripted name servers, a clock of their own, sites as text.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/nexthop/site_lookup.h"
#include "tests/unit/lib/dns/fake_resolver.h"

namespace nexthop_test {

using State = dns::Answer::State;
using dns::Type;

struct SiteLookupTest : testing::Test {
    io::ManualClock clock;
    io::Loop loop{clock};
    io::Scope asking;
    nexthop::LookupOptions options;
    nexthop::DestinationRules rules;
    dns_test::FakeResolver names;
    dns::HostsFile hosts_file{"/dev/null"};
    dns::SearchList search_list{"/dev/null"};
    dns::HostLookup hosts{names, hosts_file, search_list, {}};
    nexthop::SiteLookup sites{options, names, hosts};
    nexthop::Purpose purpose;

    SiteLookupTest() {
        options.myhostname = "client.example";
        options.randomize = false;
        rules.services = config::ServicePorts("smtp=25, submission=587", "main.cf", "/nonexistent");
        rules.service = "smtp";
        options.own = config::OwnAddresses({"192.0.2.7"});
    }

    static io::Task<void> look_up(nexthop::SiteLookup& sites,
                                  const nexthop::Destination& destination,
                                  const nexthop::Purpose& purpose, nexthop::Site& site) {
        nexthop::Site found = co_await sites.look_up(destination, purpose);
        site = std::move(found);
    }
    nexthop::Site site(const std::string& destination) {
        nexthop::Site found;
        std::vector<nexthop::Destination> parsed = nexthop::parse_destinations(destination, rules);
        asking.spawn(look_up(sites, parsed.at(0), purpose, found));
        loop.run_until_idle();
        return found;
    }
    // "10 mx.example 192.0.2.1:25; ", or "5.4.4 text".
    std::string shown(const std::string& destination) {
        nexthop::Site found = site(destination);
        std::string out;
        for (const nexthop::Endpoint& each : found.endpoints)
            base::append(out, each.preference, " ", each.host, " ", each.ip, ":", each.port(),
                         "; ");
        EXPECT_EQ(found.absence.has_value(), found.endpoints.empty());
        if (found.absence)
            base::append(out, found.absence->dsn.text(), " ", found.absence->reason);
        return out;
    }
    std::string code(const std::string& destination) {
        nexthop::Site found = site(destination);
        if (!found.absence)
            return "found";
        return found.absence->dsn.text();
    }
};

}  // namespace nexthop_test
