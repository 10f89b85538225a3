#include "lib/mail/dsn_parameters.h"

#include <utility>

#include "lib/base/text.h"
#include "lib/mail/envelope.h"
#include "lib/mail/xtext.h"

namespace mail {

namespace {

constexpr size_t longest_envid = 100;  // RFC 3461 section 4.4

constexpr std::pair<std::string_view, uint32_t> words[] = {{"never", notify_never},
                                                           {"success", notify_success},
                                                           {"failure", notify_failure},
                                                           {"delay", notify_delay}};

uint32_t bit_of(std::string_view word) {
    for (const auto& [name, bit] : words)
        if (base::equal_nocase(word, name))
            return bit;
    return 0;
}

}  // namespace

std::optional<uint32_t> parse_notify(std::string_view list, std::string_view separators) {
    uint32_t notify = 0;
    for (std::string_view word : base::split(list, separators)) {
        uint32_t bit = bit_of(word);
        if (bit == 0)
            return std::nullopt;
        notify |= bit;
    }
    bool never = (notify & notify_never) != 0;
    if (notify == 0 || (never && notify != notify_never))
        return std::nullopt;
    return notify;
}

bool valid_orcpt(std::string_view value) {
    auto semicolon = value.find(';');
    return semicolon != value.npos && semicolon > 0 && semicolon + 1 < value.size() &&
           from_xtext(value.substr(semicolon + 1)).has_value();
}

bool valid_envid(std::string_view value) {
    return value.size() <= longest_envid && from_xtext(value).has_value();
}

}  // namespace mail
