#include "smtp/token.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "lib/base/base64.h"
#include "lib/base/json.h"
#include "lib/base/text.h"

namespace smtp {
namespace {

// A number, or one in quotes, as some programs write it; none for what is not after the epoch.
std::optional<base::Duration> seconds_at(const base::Json& json, std::string_view name) {
    constexpr double most = 1e11;  // some thousand years
    double seconds = json.number_at(name);
    if (seconds == 0)
        seconds = static_cast<double>(base::number<int64_t>(json.text_at(name)).value_or(0));
    if (!(seconds > 0) || seconds > most)
        return std::nullopt;
    return base::Duration(static_cast<int64_t>(seconds * 1e6));
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string plain(text);
    std::ranges::replace(plain, '-', '+');
    std::ranges::replace(plain, '_', '/');
    plain.append((4 - plain.size() % 4) % 4, '=');
    return base::from_base64(plain);
}

// RFC 7519 section 4.1.4; the token is not ours to check otherwise.
std::optional<base::WallTime> end_in(std::string_view token) {
    size_t first = token.find('.');
    size_t second = first == token.npos ? first : token.find('.', first + 1);
    if (second == token.npos)
        return std::nullopt;
    std::optional<std::string> claims = from_base64url(token.substr(first + 1, second - first - 1));
    std::optional<base::Json> json;
    if (claims)
        json = base::Json::parse(*claims);
    std::optional<base::Duration> end;
    if (json)
        end = seconds_at(*json, "exp");
    return end ? std::optional(base::WallTime(*end)) : std::nullopt;
}

std::optional<base::WallTime> end_of(const base::Json& json, base::WallTime given) {
    constexpr std::array<std::string_view, 2> moments = {"expires_at", "expiry"};
    for (std::string_view name : moments)
        if (std::optional<base::Duration> end = seconds_at(json, name))
            return base::WallTime(*end);
    if (std::optional<base::Duration> time = seconds_at(json, "expires_in"))
        return given + *time;
    return end_in(json.text_at("access_token"));
}

bool is_token(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

std::optional<Token> parse_token(std::string_view text, base::WallTime given) {
    text = base::trim(text);
    Token token;
    if (text.starts_with('{')) {
        std::optional<base::Json> json = base::Json::parse(text);
        if (!json)
            return std::nullopt;
        token.text = json->text_at("access_token");
        token.ends = end_of(*json, given);
    } else {
        token.text = text;
        token.ends = end_in(text);
    }
    return is_token(token.text) ? std::optional(std::move(token)) : std::nullopt;
}

}  // namespace smtp
