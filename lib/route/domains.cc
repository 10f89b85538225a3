#include "lib/route/domains.h"

#include "lib/base/text.h"
#include "lib/io/socket_address.h"

namespace route {

namespace {

using dict::MatchList;

Known known(const MatchList::Answer& answer) {
    if (answer.retry())
        return Known::retry;
    return answer.yes() ? Known::yes : Known::no;
}

}  // namespace

Domains::Domains(const config::Settings& settings, dict::Tables& tables, Trace* trace)
    : local_(MatchList::of(MatchList::Of::strings, tables, settings, "mydestination")),
      aliases_(MatchList::of(MatchList::Of::strings, tables, settings, "virtual_alias_domains")),
      mailboxes_(
          MatchList::of(MatchList::Of::strings, tables, settings, "virtual_mailbox_domains")),
      relayed_(MatchList::of(MatchList::Of::domains, tables, settings, "relay_domains")),
      own_(config::OwnAddresses::from(settings)),
      myorigin_(settings.text("myorigin")),
      trace_(trace) {}

void Domains::note(std::string_view list, std::string_view domain,
                   const MatchList::Answer& answer) const {
    if (trace_ == nullptr)
        return;
    dict::Lookup said = answer.retry() ? dict::Lookup::later(answer.element)
                        : answer.yes() ? dict::Lookup::of(answer.element)
                                       : dict::Lookup();
    trace_->note({std::string(list), "", std::string(domain), std::move(said)});
}

bool Domains::is_own_literal(std::string_view domain) const {
    if (!domain.starts_with('[') || !domain.ends_with(']'))
        return false;
    std::string_view ip = domain.substr(1, domain.size() - 2);
    if (base::starts_nocase(ip, "ipv6:"))
        ip.remove_prefix(5);
    auto address = io::SocketAddress::inet(ip, 0);
    return address && own_.contains(address->ip());
}

io::Task<Known> Domains::is_local(std::string_view domain) const {
    MatchList::Answer answer = co_await local_.match(domain);
    note("mydestination", domain, answer);
    Known listed = known(answer);
    if (listed == Known::no && is_own_literal(domain))
        listed = Known::yes;
    co_return listed;
}

io::Task<Known> Domains::has_bare_names(std::string_view domain) const {
    if (base::equal_nocase(domain, myorigin_))
        co_return Known::yes;
    co_return co_await is_local(domain);
}

io::Task<Domains::Judgement> Domains::classify(std::string_view domain) const {
    struct Row {
        std::string_view parameter;
        const MatchList& list;
        Class address_class;
    };
    const Row rows[] = {{"virtual_alias_domains", aliases_, Class::virtual_alias},
                        {"virtual_mailbox_domains", mailboxes_, Class::virtual_mailbox},
                        {"relay_domains", relayed_, Class::relay}};
    for (const Row& row : rows) {
        if (row.list.empty())
            continue;
        MatchList::Answer answer = co_await row.list.match(domain);
        note(row.parameter, domain, answer);
        if (answer.yes())
            co_return Judgement{row.address_class, false};
        if (answer.retry())
            co_return Judgement{Class::other, true};
    }
    co_return Judgement();
}

}  // namespace route
