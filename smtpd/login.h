// Login is who has logged in to a session.
#pragma once

#include <string>
#include <string_view>

namespace smtpd {

struct Login {
    std::string user;    // "" for nobody
    std::string method;  // "PLAIN"; "XCLIENT" where a client in front says it
    std::string sender;  // what MAIL said with AUTH= of this message, or ""

    bool known() const { return !user.empty(); }
    // "sasl_method=…", "sasl_username=…", each behind a `separator`, as log lines have them.
    std::string text(std::string_view separator) const;
};

}  // namespace smtpd
