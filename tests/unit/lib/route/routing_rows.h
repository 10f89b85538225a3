// Questions to the router, with the answers of Debian's Postfix under the same settings.
#pragma once

#include <vector>

namespace route_test {

struct Question {
    const char* sender;
    const char* recipient;
    // "other", "local", "relay+routed" …; "syntax" for bad address syntax, "later" for trouble.
    const char* judgement;
    const char* transport;
    const char* nexthop;
    const char* routed_as;  // the recipient
};

struct Group {
    const char* name;
    const char* main_cf;  // on top of base_main_cf; DIR is the folder of the tables
    std::vector<Question> questions;
};

inline const char* const base_main_cf =
    "myhostname = mx.example.org\nmydomain = example.org\nmyorigin = example.org\n"
    "mydestination = mx.example.org, localhost, example.org\ninet_interfaces = 127.0.0.1\n"
    "proxy_interfaces = 192.0.2.99\nrecipient_delimiter = +\nvirtual_alias_domains = va.test\n"
    "virtual_alias_maps =\nvirtual_mailbox_domains = vm.test\nvirtual_mailbox_maps =\n"
    "relay_domains = relay.test\nparent_domain_matches_subdomains = relay_domains\n";

std::vector<Group> address_groups();
std::vector<Group> setting_groups();

}  // namespace route_test
