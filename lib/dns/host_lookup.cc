#include "lib/dns/host_lookup.h"

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/dns/domain.h"

namespace dns {

HostLookup::Options HostLookup::Options::from(const config::Settings& settings,
                                              std::string_view host_lookup) {
    Options options;
    options.families = Families::from(settings);
    options.dns = false;
    const std::string words = settings.value(host_lookup);
    for (std::string_view word : base::split(words, ", \t\r\n")) {
        if (word != "dns" && word != "native")
            throw config::Error(base::text(settings.where(host_lookup), ": ", host_lookup, ": \"",
                                           word, "\" is neither dns nor native"));
        options.dns = options.dns || word == "dns";
        options.native = options.native || word == "native";
    }
    if (!options.dns && !options.native)
        throw config::Error(base::text(settings.where(host_lookup), ": ", host_lookup,
                                       ": dns, native or both are expected"));
    return options;
}

io::Task<Answer> HostLookup::addresses(std::string host) {
    Answer answer;
    if (is_numeric(host) && options_.families.have(host)) {
        answer.state = Answer::State::found;
        answer.name = host;
        answer.records.push_back(address_record(host, host));
        co_return std::move(answer);
    }
    if (options_.dns) {
        Answer asked = co_await ask_addresses(resolver_, host, options_.families);
        if (asked.state != Answer::State::none || !options_.native)
            co_return std::move(asked);
    }
    Answer found = co_await native_.addresses(host, options_.families);
    // The hosts file may have had a part in it, or names that nobody asked for.
    found.authentic = false;
    if (found.state != Answer::State::found)
        found.reason = base::text("unable to look up host ", host, ": ", found.reason);
    co_return std::move(found);
}

}  // namespace dns
