// Token is an OAuth 2.0 access token, as files and commands give it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/base/time.h"

namespace smtp {

struct Token {
    std::string text;
    std::optional<base::WallTime> ends;  // none: nobody knows
};

// Reads one of
//
//     TOKEN                                                 its end is in it, where it is a JWT
//     {"access_token": TOKEN, "expires_at": EPOCH, …}       or "expiry"
//     {"access_token": TOKEN, "expires_in": SECONDS, …}     from `given` on
//
// None for what holds no token, such as an empty file.
std::optional<Token> parse_token(std::string_view text, base::WallTime given);

}  // namespace smtp
