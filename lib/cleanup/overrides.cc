#include "lib/cleanup/overrides.h"

#include <algorithm>

#include "lib/base/text.h"

namespace cleanup::overrides {

namespace {

constexpr std::string_view parameter = "receive_override_options";

// The last two leave undone what nobody does yet.
constexpr std::string_view known[] = {unknown_recipients, address_mappings, "no_header_body_checks",
                                      "no_milters"};

}  // namespace

bool has(const config::Settings& settings, std::string_view option) {
    bool found = false;
    for (const std::string& word : settings.list(parameter)) {
        if (std::find(std::begin(known), std::end(known), word) == std::end(known))
            throw config::Error(base::text(settings.where(parameter), ": ", parameter,
                                           ": unknown option \"", base::printable(word),
                                           "\"; expected ", known[0], ", ", known[1], ", ",
                                           known[2], " or ", known[3]));
        found = found || word == option;
    }
    return found;
}

}  // namespace cleanup::overrides
