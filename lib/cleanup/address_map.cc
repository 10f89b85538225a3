#include "lib/cleanup/address_map.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/mail/address.h"
#include "lib/mail/header_addresses.h"

namespace cleanup {

namespace {

// "user+ext@domain" of "user@domain" and "+ext".
std::string with_extension(const std::string& address, const std::string& extension) {
    auto mailbox = mail::Mailbox::parse(address);
    if (!mailbox || extension.empty())
        return address;
    mailbox->local.append(extension);
    return mailbox->external();
}

}  // namespace

AddressRules::AddressRules(const config::Settings& settings, dict::Tables& tables)
    : extensions(dict::Extensions::of(settings)),
      myorigin(settings.text("myorigin")),
      mydestination(
          dict::MatchList::of(dict::MatchList::Of::domains, tables, settings, "mydestination")) {}

io::Task<bool> AddressRules::local(std::string_view domain) const {
    if (base::equal_nocase(domain, myorigin))
        co_return true;
    if (mydestination.empty())
        co_return false;
    dict::MatchList::Answer answer = co_await mydestination.match(domain);
    if (answer.retry())
        throw MappingTrouble(MappingTrouble::lookup,
                             base::text("mydestination lookup problem: ", answer.element));
    co_return answer.yes();
}

bool propagates(const config::Settings& settings, std::string_view rewriting) {
    std::vector<std::string> words = settings.list("propagate_unmatched_extensions");
    return std::ranges::find(words, rewriting) != words.end();
}

AddressMap::AddressMap(const config::Settings& settings, dict::Tables& tables,
                       std::string_view parameter, bool propagates)
    : maps_(dict::Maps::of(tables, settings, parameter)),
      parameter_(parameter),
      propagates_(propagates) {}

io::Task<std::vector<std::string>> AddressMap::find(std::string_view address,
                                                    const AddressRules& rules,
                                                    const rewrite::Rewriter& rewriter) const {
    std::vector<std::string> result;
    if (maps_.empty())
        co_return result;
    dict::AddressSearch search;
    search.extensions = rules.extensions.rules();
    bool is_local = co_await rules.local(mail::domain_of(address));
    search.domain_is_local = is_local;
    dict::FoundAddress found = co_await dict::find_address(maps_, address, search);
    if (found.lookup.retry())
        throw MappingTrouble(MappingTrouble::lookup,
                             base::text(parameter_, " map lookup problem for ",
                                        base::printable(address), ": ", found.lookup.value));
    if (!found.lookup.found())
        co_return result;
    std::string_view value = base::trim(found.lookup.value);
    std::string same_user;
    if (value.starts_with('@')) {
        same_user = base::text(mail::local_of(address), value);
        value = same_user;
    }
    for (const mail::HeaderAddress& one : mail::header_addresses(value)) {
        std::string whole = rewriter.rewrite(one.address, rewrite::Context::local);
        result.push_back(propagates_ ? with_extension(whole, found.extension) : whole);
    }
    co_return result;
}

}  // namespace cleanup
