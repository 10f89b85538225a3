#include "lib/dict/destinations.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/config/master_cf.h"

namespace dict {

Destinations Destinations::of(const config::Settings& settings) {
    Destinations result;
    result.transports_ = {{"smtp", true}, {"lmtp", true}, {"relay", true}};
    try {
        config::MasterCf file = config::MasterCf::read(settings.directory() + "/master.cf");
        for (const config::ServiceEntry& entry : file.entries())
            if (entry.type != config::ServiceType::inet)
                result.transports_[entry.name] = entry.command == "smtp" || entry.command == "lmtp";
    } catch (const std::exception&) {
        // Whoever starts the mail system hears of it.
    }
    return result;
}

bool Destinations::speaks_smtp(std::string_view transport) const {
    auto found = transports_.find(transport);
    return found != transports_.end() && found->second;
}

std::string Destinations::joined(const std::vector<std::string>& values) const {
    std::string transport = values.front().substr(0, values.front().find(':'));
    if (!speaks_smtp(transport))
        return {};
    std::vector<std::string_view> places;
    for (const std::string& value : values) {
        std::string_view rest = value;
        if (!rest.starts_with(transport + ':'))
            return {};
        rest.remove_prefix(transport.size() + 1);
        if (rest.empty() || std::ranges::find(places, rest) != places.end())
            return {};
        places.push_back(rest);
    }
    std::string list = transport + ':';
    for (std::string_view place : places)
        base::append(list, place == places.front() ? "" : ", ", place);
    return list;
}

}  // namespace dict
