#include "lib/cleanup/masquerade.h"

#include "lib/base/text.h"
#include "lib/cleanup/address_map.h"
#include "lib/mail/address.h"

namespace cleanup {

Masquerade::Masquerade(const config::Settings& settings, dict::Tables& tables)
    : domains_(settings.list("masquerade_domains")),
      exceptions_(dict::MatchList::of(dict::MatchList::Of::strings, tables, settings,
                                      "masquerade_exceptions")) {}

std::string masqueraded(std::string_view domain, const std::vector<std::string>& domains) {
    for (std::string_view one : domains) {
        bool stays = one.starts_with('!');
        one.remove_prefix(stays);
        if (base::equal_nocase(domain, one))
            break;
        if (domain.size() <= one.size() + 1)
            continue;
        std::string_view end = domain.substr(domain.size() - one.size());
        if (domain[domain.size() - one.size() - 1] == '.' && base::equal_nocase(end, one))
            return std::string(stays ? domain : one);
    }
    return std::string(domain);
}

io::Task<std::string> Masquerade::apply(std::string address) const {
    std::string_view domain = mail::domain_of(address);
    std::string shown = masqueraded(domain, domains_);
    if (domains_.empty() || shown == domain)
        co_return address;
    if (!exceptions_.empty()) {
        auto mailbox = mail::Mailbox::parse(address);
        std::string user(mailbox ? mailbox->local : std::string(mail::local_of(address)));
        dict::MatchList::Answer answer = co_await exceptions_.match(user);
        if (answer.retry())
            throw MappingTrouble(
                MappingTrouble::lookup,
                base::text("masquerade_exceptions lookup problem: ", answer.element));
        if (answer.yes())
            co_return address;
    }
    address.replace(address.size() - domain.size(), domain.size(), shown);
    co_return address;
}

}  // namespace cleanup
