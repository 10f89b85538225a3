// Names set in main.cf and master.cf that nothing knows.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/main_cf.h"
#include "lib/config/master_cf.h"

namespace config {

using Names = std::set<std::string, std::less<>>;

// The per-transport names ("relay_destination_rate_delay") of the delivery agents among `services`.
Names transport_names(const std::vector<ServiceEntry>& services);

// The names outside of the table that values refer to: `$name` in main.cf, in an option of a
// service or in a default; restriction classes; settings of a table that is named without a file
// ("ldap:corp" makes corp_server_host one).
Names user_names(const MainCf& main_cf, const std::vector<ServiceEntry>& services);

// The names of `main_cf` that are neither in the table, nor per-transport names of a service, nor
// user names, and that no option of `services` sets; in order.
std::vector<std::string> unused_names(const MainCf& main_cf,
                                      const std::vector<ServiceEntry>& services);

// The same of the options of one service.
std::vector<std::string> unused_options(const ServiceEntry& entry, const MainCf& main_cf,
                                        const std::vector<ServiceEntry>& services);

// A name of the table or of `more` that one edit (a letter added, left out, changed, or two
// exchanged) makes of `name`; "" when there is none.
std::string similar_name(std::string_view name, const Names& more = {});

}  // namespace config
