#include "lib/mail/extension.h"

#include "lib/base/text.h"

namespace mail {
namespace {

constexpr std::string_view owner = "owner-", request = "-request";

bool is_list_address(std::string_view local) {
    return base::starts_nocase(local, owner) ||
           (local.size() > request.size() &&
            base::equal_nocase(local.substr(local.size() - request.size()), request));
}

}  // namespace

std::optional<size_t> find_extension(std::string_view local, const ExtensionRules& rules) {
    for (std::string_view name : {std::string_view("postmaster"), std::string_view("mailer-daemon"),
                                  rules.double_bounce_name})
        if (base::equal_nocase(local, name))
            return std::nullopt;
    if (rules.owner_request_special && rules.delimiters.find('-') != std::string_view::npos &&
        is_list_address(local))
        return std::nullopt;
    size_t at = local.find_first_of(rules.delimiters);
    if (at == local.npos || at == 0)
        return std::nullopt;
    return at;
}

}  // namespace mail
