// Dsn is an enhanced status code (RFC 3463): class, subject, detail.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mail {

struct Dsn {
    int klass = 2;  // 2 success, 4 persistent transient failure, 5 permanent failure
    int subject = 0;
    int detail = 0;

    std::string text() const;  // "4.4.1"
    // The whole of `text`, or none: class 2, 4 or 5, subject and detail at most three digits.
    static std::optional<Dsn> parse(std::string_view text);
    // The code that the text of a reply begins with, followed by white space or the end.
    static std::optional<Dsn> at_start_of(std::string_view text);

    bool operator==(const Dsn&) const = default;
};

}  // namespace mail
