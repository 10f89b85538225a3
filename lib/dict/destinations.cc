#include "lib/dict/destinations.h"

#include <algorithm>

#include "lib/base/text.h"

namespace dict {

Destinations Destinations::of(const config::Settings& settings) {
    Destinations result;
    result.transports_ = config::Transports::of(settings);
    return result;
}

bool Destinations::speaks_smtp(std::string_view transport) const {
    if (transports_.command(transport).empty())
        return transport == "smtp" || transport == "lmtp" || transport == "relay";
    return transports_.speaks_smtp(transport);
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
