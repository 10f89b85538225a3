// receive_override_options: what a listener leaves undone because it was, or will be, done
// elsewhere.
#pragma once

#include <string_view>

#include "lib/config/settings.h"

namespace cleanup::overrides {

inline constexpr std::string_view unknown_recipients = "no_unknown_recipient_checks";
inline constexpr std::string_view address_mappings = "no_address_mappings";

// Whether `settings` have `option`. Throws config::Error for a word that is no option.
bool has(const config::Settings& settings, std::string_view option);

}  // namespace cleanup::overrides
