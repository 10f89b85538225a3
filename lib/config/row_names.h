// Which names the parameter table has, and which it makes for transports.
#pragma once

#include <string_view>
#include <vector>

namespace config {

// Whether `name` has a row of its own.
bool has_row(std::string_view name);

// What per-transport names end in: "_destination_rate_delay", …
std::vector<std::string_view> per_transport_suffixes();

}  // namespace config
