#include "lib/nexthop/tlsa_lookup.h"

#include "lib/base/text.h"
#include "lib/dns/domain.h"

namespace nexthop {
namespace {

using State = dns::Answer::State;

// RFC 7672 section 2.2.2 and 2.2.3: the names that may have the records, in order.
std::vector<std::string> bases_of(const Provenance& host, bool insecure_too) {
    if (!dns::is_domain(host.host))
        return {};
    bool is_alias = host.host_end != host.host;
    if (!host.host_secure)
        return is_alias || insecure_too ? std::vector{host.host} : std::vector<std::string>();
    return is_alias ? std::vector{host.host_end, host.host} : std::vector{host.host};
}

std::vector<dns::Certificate> certificates_in(const dns::Answer& answer) {
    std::vector<dns::Certificate> found;
    for (const dns::Record& record : answer.records)
        if (const auto* certificate = std::get_if<dns::Certificate>(&record.data))
            found.push_back(*certificate);
    return found;
}

}  // namespace

io::Task<Tlsa> find_tlsa(dns::Resolver& resolver, const Provenance& host, uint16_t port,
                         bool insecure_too, LookupTrace* trace) {
    Tlsa tlsa;
    std::vector<std::string> bases = bases_of(host, insecure_too);
    for (const std::string& base : bases) {
        std::string name = base::text('_', port, "._tcp.", base);
        dns::Answer answer = co_await resolver.ask(name, dns::Type::tlsa);
        if (trace)
            trace->steps.push_back(LookupTrace::Question{name, "TLSA", answer});
        // Whoever can suppress an answer must gain nothing by it (RFC 7672 section 2.1.1).
        if (answer.state != State::found && answer.state != State::none) {
            tlsa.state = Tlsa::State::failed;
            tlsa.reason = answer.reason;
            co_return tlsa;
        }
        if (answer.state != State::found || !answer.authentic)
            continue;
        tlsa.state = Tlsa::State::found;
        tlsa.base_domain = base;
        tlsa.records = certificates_in(answer);
        co_return tlsa;
    }
    co_return tlsa;
}

}  // namespace nexthop
