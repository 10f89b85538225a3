// Fuzz target: no packet breaks its reader; what comes out is bounded and about what was asked.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/dns/domain.h"
#include "lib/dns/message.h"
#include "lib/dns/reading.h"

namespace {

void demand(bool holds) {
    if (!holds)
        std::abort();
}

bool is_name(std::string_view name) {
    return name.empty() || dns::is_domain(name) || dns::is_numeric(name);
}

void check_record(const dns::Record& record) {
    if (auto* host = std::get_if<dns::Host>(&record.data))
        demand(!host->name.empty() && is_name(host->name));
    if (auto* exchange = std::get_if<dns::Exchange>(&record.data))
        demand(is_name(exchange->name));
    if (auto* service = std::get_if<dns::Service>(&record.data))
        demand(is_name(service->name));
    if (auto* address = std::get_if<dns::Address>(&record.data))
        demand(record.type != dns::Type::a || dns::is_numeric(address->ip));
}

void check_reading(const dns::Message& message, dns::Type type) {
    dns::Question question("example.org", type);
    dns::Reading reading = dns::read_answer(message, question);
    const dns::Answer& answer = reading.answer;
    demand(answer.records.size() <= dns::records_used);
    demand((answer.state == dns::Answer::State::found) == !answer.records.empty());
    demand(answer.records.empty() || answer.reason.empty());
    demand(reading.lifetime >= base::Duration::zero());
    demand(reading.alias.empty() || reading.alias != question.name);
    for (const dns::Record& record : answer.records) {
        demand(record.type == type && record.owner == answer.name);
        check_record(record);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view in(reinterpret_cast<const char*>(data), size);
    auto message = dns::parse_message(in);
    if (!message)
        return 0;
    for (dns::Type type :
         {dns::Type::a, dns::Type::ns, dns::Type::cname, dns::Type::ptr, dns::Type::mx,
          dns::Type::txt, dns::Type::aaaa, dns::Type::srv, dns::Type::tlsa})
        check_reading(*message, type);
    return 0;
}
