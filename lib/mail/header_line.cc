#include "lib/mail/header_line.h"

#include "lib/base/text.h"

namespace mail {

namespace {

struct Row {
    std::string_view name;
    Addresses addresses;
};

constexpr Row rows[] = {
    {"from", Addresses::of_senders},
    {"sender", Addresses::of_senders},
    {"reply-to", Addresses::of_senders},
    {"errors-to", Addresses::of_senders},
    {"return-receipt-to", Addresses::of_senders},
    {"disposition-notification-to", Addresses::of_senders},
    {"mail-followup-to", Addresses::of_senders},
    {"to", Addresses::of_recipients},
    {"cc", Addresses::of_recipients},
    {"bcc", Addresses::of_recipients},
    {"apparently-to", Addresses::of_recipients},
};

}  // namespace

std::string_view header_name(std::string_view line) {
    auto colon = line.find(':');
    if (colon == line.npos)
        return {};
    auto name = line.substr(0, colon);
    while (!name.empty() && (name.back() == ' ' || name.back() == '\t'))
        name.remove_suffix(1);
    for (char c : name)
        if (c <= ' ' || c >= 0x7f)
            return {};
    return name;
}

Addresses addresses_in(std::string_view name) {
    constexpr std::string_view again = "resent-";
    if (base::starts_nocase(name, again))
        name.remove_prefix(again.size());
    for (const Row& row : rows)
        if (base::equal_nocase(row.name, name))
            return row.addresses;
    return Addresses::none;
}

}  // namespace mail
