#include "smtpd/header_clients.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dict/braces.h"
#include "smtpd/policy.h"

namespace smtpd {

namespace {

constexpr std::string_view parameter = "local_header_rewrite_clients";

}  // namespace

HeaderClients::HeaderClients(const config::Settings& settings, dict::Tables& tables) {
    static constexpr std::pair<std::string_view, Element::Kind> words[] = {
        {"permit_inet_interfaces", Element::own},
        {"permit_mynetworks", Element::trusted},
        {"permit_sasl_authenticated", Element::logged_in},
        {"permit_tls_clientcerts", Element::listed},
        {"permit_tls_all_clientcerts", Element::certified},
    };
    for (const std::string& word : dict::split_braced(settings.text(parameter))) {
        if (base::equal_nocase(word, "check_address_map"))
            continue;  // the table follows
        if (word.find(':') != word.npos) {
            elements_.push_back({Element::in_table, &tables.open(word)});
            continue;
        }
        bool known = false;
        for (const auto& [name, kind] : words)
            if (base::equal_nocase(name, word)) {
                elements_.push_back({kind});
                known = true;
            }
        if (!known)
            throw config::Error(base::text(settings.where(parameter), ": ", parameter,
                                           ": expected permit_inet_interfaces, permit_mynetworks, ",
                                           "check_address_map or type:table, found \"",
                                           base::printable(word), '"'));
    }
}

bool HeaderClients::has_logins() const {
    return std::any_of(elements_.begin(), elements_.end(),
                       [](const Element& element) { return element.kind == Element::logged_in; });
}

io::Task<bool> HeaderClients::has(const Client& client) const {
    for (const Element& element : elements_) {
        bool found = element.kind == Element::own && client.own;
        found = found ||
                (element.kind == Element::trusted && client.trusted == dict::MatchList::Match::yes);
        found = found || (element.kind == Element::certified && client.certified) ||
                (element.kind == Element::listed && client.listed);
        if (found)
            co_return true;
        if (element.kind != Element::in_table)
            continue;
        dict::Lookup lookup = co_await element.table->find(client.address, dict::Key::whole);
        if (lookup.found())
            co_return true;
        if (lookup.retry())
            base::log::warning(base::text(parameter, ": ", element.table->name(), ": ",
                                          lookup.value, ": headers are not completed"));
    }
    co_return false;
}

}  // namespace smtpd
