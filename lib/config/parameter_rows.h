// The builders of parameter rows, and the files that hold them.
//
// A row is one line: a builder that names the type, around it the state when it is not `works`.
//     number("smtpd_recipient_limit", "1000", 1, most, "recipients accepted for one message"),
//     not_built(flag("biff", "yes", "tells users who are logged in of new mail")),
// The default is written as in main.cf and may refer to other parameters. The unit of a time's
// default is the unit of a value without one. main.cf(5) needs a paragraph for each new row.
#pragma once

#include <limits>
#include <span>

#include "lib/config/parameter.h"

namespace config {

inline constexpr int64_t most = std::numeric_limits<int64_t>::max();
inline constexpr int64_t most_int = std::numeric_limits<int32_t>::max();

// In milliseconds, as fine_time() has them.
inline constexpr int64_t hour = 3'600'000;
inline constexpr int64_t day = 24 * hour;
inline constexpr int64_t week = 7 * day;

using Text = std::string_view;
using Rows = std::span<const Parameter>;

constexpr Parameter flag(Text name, Text fallback, Text meaning) {
    return {name, Type::flag, fallback, {}, 0, 0, meaning, State::works, {}, false, {}};
}
constexpr Parameter number(Text name, Text fallback, int64_t least, int64_t up_to, Text meaning) {
    return {name, Type::number, fallback, {}, least, up_to, meaning, State::works, {}, false, {}};
}
// `least` and `up_to` are seconds.
constexpr Parameter time(Text name, Text fallback, int64_t least, int64_t up_to, Text meaning) {
    return {name, Type::time, fallback, {}, least, up_to, meaning, State::works, {}, false, {}};
}
// `least` and `up_to` are milliseconds.
constexpr Parameter fine_time(Text name, Text fallback, int64_t least, int64_t up_to,
                              Text meaning) {
    Text unit = fallback.ends_with("ms") ? "ms" : fallback.substr(fallback.size() - 1);
    return {name, Type::time, fallback, {}, least, up_to, meaning, State::works, {}, false, unit};
}
constexpr Parameter size(Text name, Text fallback, int64_t least, int64_t up_to, Text meaning) {
    return {name, Type::size, fallback, {}, least, up_to, meaning, State::works, {}, false, {}};
}
constexpr Parameter text(Text name, Text fallback, Text meaning) {
    return {name, Type::text, fallback, {}, 0, 0, meaning, State::works, {}, false, {}};
}
// A text that may not be empty.
constexpr Parameter word(Text name, Text fallback, Text meaning) {
    return {name, Type::text, fallback, {}, 1, 0, meaning, State::works, {}, false, {}};
}
constexpr Parameter list(Text name, Text fallback, Text meaning) {
    return {name, Type::list, fallback, {}, 0, 0, meaning, State::works, {}, false, {}};
}
// `choices` are separated by '|'; an empty one allows the empty value.
constexpr Parameter choice(Text name, Text fallback, Text choices, Text meaning) {
    return {name, Type::choice, fallback, choices, 0, 0, meaning, State::works, {}, false, {}};
}

// Around the other builders: the value is not expanded.
constexpr Parameter raw(Parameter row) {
    row.raw = true;
    return row;
}
constexpr Parameter moot(Parameter row) {
    row.state = State::moot;
    return row;
}
// `acts_as` is what happens now whatever is set: setting just that is silent too.
constexpr Parameter not_built(Parameter row, Text acts_as = {}) {
    row.state = State::not_built;
    row.tolerated = acts_as;
    return row;
}
// `tolerated` values (separated by '|', compared without regard to commas and spaces) only warn;
// the default is silent.
constexpr Parameter risky(Parameter row, Text tolerated = {}) {
    row.state = State::risky;
    row.tolerated = tolerated;
    return row;
}

Rows identity_rows();   // names, directories, users, logging
Rows instances_rows();  // several instances on one machine
Rows network_rows();    // interfaces, networks
Rows routing_rows();    // addresses and routing
Rows process_rows();    // workers, limits of services
Rows services_rows();   // names and limits of helper services
Rows tables_rows();     // lookup tables
Rows smtpd_rows();      // the SMTP server
Rows clients_rows();    // what the SMTP server asks of clients
Rows replies_rows();    // reply codes and texts
Rows message_rows();    // what is done to a message
Rows content_rows();    // checks of content, MIME, filters
Rows addresses_rows();  // reading, rewriting, copying addresses
Rows queue_rows();      // the scheduler
Rows smtp_rows();       // the SMTP client
Rows servers_rows();    // how the SMTP client treats servers
Rows report_rows();     // delivery reports, commands
Rows spool_rows();      // the log of new mail
Rows mailbox_rows();    // local delivery
Rows milter_rows();     // mail filters of the Sendmail protocol
Rows postscreen_rows();
Rows sasl_rows();
Rows tls_client_rows();
Rows tls_server_rows();
Rows tlsproxy_rows();
Rows verify_rows();
Rows failover_rows();  // trouble with relays
Rows moot_rows();

}  // namespace config
