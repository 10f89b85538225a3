#include "lib/dns/log.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dns/domain.h"

namespace dns::log {

namespace {

constexpr size_t shown_bytes = 100;

void odd_name(std::string_view what, Type type, const std::string& owner, std::string_view name) {
    base::log::warning(base::text(what, " in resource data of ", type_text(type), " record for ",
                                  base::printable(owner), ": ",
                                  base::printable(name.substr(0, shown_bytes))));
}

std::string_view name_in(const Record& record) {
    if (auto* host = std::get_if<Host>(&record.data))
        return host->name;
    if (auto* exchange = std::get_if<Exchange>(&record.data))
        return exchange->name;
    if (auto* service = std::get_if<Service>(&record.data))
        return service->name;
    return {};
}

}  // namespace

void oddities(const Message& message, const Question& question) {
    for (const Message::BadName& bad : message.bad_names)
        odd_name("malformed domain name", bad.type, bad.owner, bad.name);
    for (const Record& record : message.answers)
        if (is_numeric(name_in(record)))
            odd_name("numeric domain name", record.type, record.owner, name_in(record));
    auto asked_for =
        std::count_if(message.answers.begin(), message.answers.end(),
                      [&question](const Record& record) { return record.type == question.type; });
    if (message.excess || static_cast<size_t>(asked_for) > records_used)
        base::log::warning(base::text("DNS record count limit (", records_used,
                                      ") exceeded -- dropping excess record(s) after qname=",
                                      question.name, " qtype=", type_text(question.type)));
}

void no_validation(const Question& probe, const Answer& answer) {
    bool answered = answer.state == Answer::State::found || answer.state == Answer::State::none;
    std::string asked = base::lower(type_text(probe.type)) + ':';
    base::append(asked, probe.name.empty() ? "." : probe.name);
    base::log::warning("DNSSEC validation may be unavailable");
    base::log::warning(base::text(
        "reason: dnssec_probe '", asked, "' received ",
        answered ? "a response that is not DNSSEC validated" : "no response: " + answer.reason));
}

}  // namespace dns::log
