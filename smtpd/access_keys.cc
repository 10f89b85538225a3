#include "smtpd/access_keys.h"

#include "lib/base/text.h"
#include "lib/mail/address.h"
#include "lib/mail/extension.h"
#include "smtpd/host_name.h"

namespace smtpd {

namespace {

void add_parents(AccessKeys& keys, std::string_view name, bool parents_match) {
    if (valid_address(name) || name.starts_with('['))
        return;
    for (size_t dot; (dot = name.find('.', 1)) != name.npos;) {
        name.remove_prefix(parents_match ? dot + 1 : dot);
        if (!name.empty())
            keys.push_back({std::string(name), dict::Key::part});
    }
}

}  // namespace

AccessKeys name_keys(std::string_view name, bool parents_match) {
    AccessKeys keys = {{std::string(name), dict::Key::whole}};
    add_parents(keys, name, parents_match);
    return keys;
}

AccessKeys address_keys(std::string_view address) {
    AccessKeys keys = {{std::string(address), dict::Key::whole}};
    char between = address.find(':') == address.npos ? '.' : ':';
    for (size_t at; (at = address.rfind(between)) != address.npos;) {
        address = address.substr(0, at);
        // An abbreviated IPv6 address has no more groups before "::".
        if (!address.empty() && !address.ends_with(between))
            keys.push_back({std::string(address), dict::Key::part});
    }
    return keys;
}

AccessKeys mail_keys(std::string_view address, const AccessOptions& options) {
    AccessKeys keys = {{std::string(address), dict::Key::whole}};
    std::optional<mail::Mailbox> mailbox = mail::Mailbox::parse(address);
    if (!mailbox || mailbox->domain.empty())
        return keys;
    auto add = [&keys](std::string text) { keys.push_back({std::move(text), dict::Key::part}); };
    std::string unquoted = base::text(mailbox->local, '@', mailbox->domain);
    if (unquoted != address)
        keys.push_back({unquoted, dict::Key::whole});
    std::string bare;  // the local part without its extension
    if (auto at = mail::find_extension(mailbox->local, options.extensions.rules()))
        bare = mailbox->local.substr(0, *at);
    if (!bare.empty())
        add(base::text(mail::quoted_local(bare), '@', mailbox->domain));
    add(mailbox->domain);
    add_parents(keys, mailbox->domain, options.parents_match);
    add(base::text(mail::quoted_local(mailbox->local), '@'));
    if (!bare.empty())
        add(base::text(mail::quoted_local(bare), '@'));
    return keys;
}

}  // namespace smtpd
