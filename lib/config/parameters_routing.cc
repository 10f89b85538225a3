// The parameters of addresses and routing.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    flag("allow_percent_hack", "yes", "turns user%domain into user@domain"),
    flag("append_at_myorigin", "yes", "adds $myorigin to an address without a domain"),
    flag("append_dot_mydomain", "${{$compatibility_level} <level {1} ? {yes} : {no}}", "adds $mydomain to a domain without a dot"),
    text("remote_header_rewrite_domain", "", "the domain that headers from remote clients are completed with"),
    flag("swap_bangpath", "yes", "turns host!user into user@host"),
};
// clang-format on

Rows routing_rows() {
    return rows;
}

}  // namespace config
