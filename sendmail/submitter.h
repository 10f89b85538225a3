// The user who runs sendmail, as sender of the message.
#pragma once

#include <string>

#include "sendmail/request.h"

namespace sendmail {

struct Submitter {
    std::string user;       // login name; "unknown" without one
    std::string full_name;  // of -F, NAME or the password file; "" for none
    unsigned uid = 0;

    static Submitter find(const Request& request);
    // "root(0)", as log lines name the user.
    std::string text() const;
};

// The full name in a password file's comment field: up to the first comma, & for the login name.
std::string full_name_of(std::string_view gecos, std::string_view login);

}  // namespace sendmail
