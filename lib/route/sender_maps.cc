#include "lib/route/sender_maps.h"

#include "lib/base/text.h"
#include "lib/mail/address.h"

namespace route {

SenderMaps::SenderMaps(const config::Settings& settings, dict::Tables& tables,
                       std::string_view parameter, std::string_view null_key, Trace* trace)
    : maps_(maps_of(trace, tables, settings, parameter, {true, false})),
      null_key_(settings.value(null_key)),
      extensions_(dict::Extensions::of(settings)) {}

io::Task<dict::Lookup> SenderMaps::find(const Domains& domains, std::string_view sender) const {
    if (maps_.empty())
        co_return dict::Lookup();
    std::string_view key = sender.empty() ? null_key_ : sender;
    Known bare = co_await domains.has_bare_names(mail::domain_of(key));
    if (bare == Known::retry)
        co_return dict::Lookup::later("the sender's domain cannot be judged");
    dict::AddressSearch search;
    search.extensions = extensions_.rules();
    search.domain_is_local = bare == Known::yes;
    dict::FoundAddress found = co_await dict::find_address(maps_, key, search);
    if (found.lookup.found() && base::equal_nocase(found.lookup.value, "DUNNO"))
        co_return dict::Lookup();
    co_return std::move(found.lookup);
}

}  // namespace route
