// Command is one line from an SMTP client in its parts.
//
// All views live as long as the line. Nothing here judges a command: handlers do.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace esmtp {

struct Command {
    std::string_view verb;  // as received, any case; "" for an empty line
    std::string_view args;  // trimmed

    // The words of `args`.
    std::vector<std::string_view> words() const;
};

// `line` may still have its line end.
Command split_command(std::string_view line);

struct Parameter {
    std::string_view name;                  // "SIZE"
    std::optional<std::string_view> value;  // "1000"; none without "="
};

// The argument of MAIL and RCPT (RFC 5321 section 4.1.1.2).
struct PathArgument {
    std::string address;  // external form
    bool bracketed = true;
    std::vector<Parameter> parameters;
};

enum class PathFault {
    syntax,   // no "FROM:", "TO:" or nothing behind it
    address,  // there is something, but no address
};

// `keyword` is "FROM" or "TO"; white space behind its colon is allowed, as clients send it.
std::variant<PathArgument, PathFault> parse_path_argument(std::string_view args,
                                                          std::string_view keyword);

}  // namespace esmtp
