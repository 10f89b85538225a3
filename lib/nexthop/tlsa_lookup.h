// The TLSA records of an endpoint: what its host says in DNSSEC of its certificates (RFC 7672).
#pragma once

#include <string>
#include <vector>

#include "lib/dns/resolver.h"
#include "lib/io/task.h"
#include "lib/nexthop/endpoint.h"
#include "lib/nexthop/lookup_trace.h"

namespace nexthop {

struct Tlsa {
    // found: validated records, of whatever use. none: there are none that DNSSEC vouches for.
    // failed: nobody knows whether there are any, so that it is not safe to go on without.
    enum class State : uint8_t { found, none, failed };

    State state = State::none;
    std::string base_domain;  // the name of the host whose records they are
    std::vector<dns::Certificate> records;
    std::string reason;  // of failed
};

// Asks for "_PORT._tcp.HOST" at the end of the host's CNAMEs, then at its own name. A host whose
// addresses are not secure is only asked about by its own name when that is an alias, else not at
// all, unless `insecure_too` (smtp_tls_force_insecure_host_tlsa_lookup). `host` outlives the task,
// and so does `trace`, which may be null. Throws nothing but io::Cancelled.
io::Task<Tlsa> find_tlsa(dns::Resolver& resolver, const Provenance& host, uint16_t port,
                         bool insecure_too, LookupTrace* trace);

}  // namespace nexthop
