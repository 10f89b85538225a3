// Reply is what an SMTP server answers to one command.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/mail/dsn.h"

namespace mail {

struct Reply {
    int code = 0;                    // three digits; of classes 2 to 5 in a sane reply
    std::optional<Dsn> dsn;          // the enhanced code of the last line, if there was one
    std::vector<std::string> lines;  // text behind the code; an enhanced code stays in it

    // `line` is text without the code ("2.1.0 Ok"); the enhanced code is found in it.
    static Reply make(int code, std::string_view line);

    // "550-5.7.1 first 550 5.7.1 second": as log lines and reports quote it.
    std::string one_line() const;
    // With CRLF after every line, ready to be sent.
    std::string wire() const;

    bool ok() const { return code / 100 == 2; }
    bool go_ahead() const { return code / 100 == 3; }
    bool transient() const { return code / 100 == 4; }
    bool permanent() const { return code / 100 == 5; }
    // The enhanced code, or X.0.0 of the code's own class.
    Dsn dsn_or_default() const;
};

}  // namespace mail
