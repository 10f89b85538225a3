#include "smtpd/auth.h"

#include "lib/base/text.h"
#include "lib/io/socket_address.h"
#include "smtpd/log.h"
#include "smtpd/session.h"
#include "smtpd/starttls.h"

namespace smtpd {

AuthOptions AuthOptions::from(const config::Settings& settings) {
    AuthOptions options;
    options.tls_only = settings.flag("smtpd_tls_auth_only");
    options.broken_clients = settings.flag("broken_sasl_auth_clients");
    options.response_limit = static_cast<size_t>(settings.number("smtpd_sasl_response_limit"));
    options.plain = sasl::Demands::of(settings, "smtpd_sasl_security_options");
    options.encrypted = sasl::Demands::of(settings, "smtpd_sasl_tls_security_options");
    return options;
}

std::unique_ptr<Logins> Logins::of(const config::Settings& settings, dict::Tables& tables) {
    if (!settings.flag("smtpd_sasl_auth_enable"))
        return nullptr;
    auto filter = dict::MatchList::of(dict::MatchList::Of::strings, tables, settings,
                                      "smtpd_sasl_mechanism_filter");
    return std::make_unique<Logins>(AuthOptions::from(settings), sasl::make_verifier(settings),
                                    std::move(filter));
}

const sasl::Demands& Logins::demands(const Session& session) const {
    return session.encrypted() ? options_.encrypted : options_.plain;
}

std::unique_ptr<sasl::Exchange> Logins::begin(const Session& session) const {
    sasl::Peer peer;
    peer.address = session.client.address;
    peer.port = session.client.port;
    if (auto own = io::SocketAddress::local_of(session.stream.fd()); own && own->is_inet()) {
        peer.own_address = own->ip();
        peer.own_port = base::text(own->port());
    }
    if (!session.client.came_to.empty())
        peer.own_address = session.client.came_to;
    if (!session.client.came_to_port.empty())
        peer.own_port = session.client.came_to_port;
    peer.encrypted = session.encrypted();
    // The certificate of a client in front says nothing of those that it speaks for.
    peer.certified = has_trusted_certificate(session) && !session.client.spoken_for;
    peer.demands = demands(session);
    return server_->begin(std::move(peer));
}

io::Task<std::optional<std::vector<std::string>>> Logins::mechanisms(const Session& session) {
    const sasl::Demands& wanted = demands(session);
    std::vector<std::string> names;
    std::optional<sasl::Offers> all = co_await server_->mechanisms(wanted);
    for (const sasl::Offer& mechanism : all.value_or(sasl::Offers())) {
        dict::MatchList::Answer listed = co_await filter_.match(mechanism.name);
        if (listed.retry()) {
            log::no_mechanism_filter(listed.element);
            co_return std::nullopt;
        }
        if (listed.yes())
            names.push_back(mechanism.name);
    }
    if (!names.empty())
        warned_.erase(wanted);
    else if (warned_.insert(wanted).second)
        log::no_mechanisms(session);
    if (!all)
        co_return std::nullopt;
    co_return names;
}

std::string Login::text(std::string_view separator) const {
    std::string out;
    const std::pair<std::string_view, const std::string*> parts[] = {
        {"sasl_method=", &method}, {"sasl_username=", &user}, {"sasl_sender=", &sender}};
    for (const auto& [name, value] : parts)
        if (!value->empty())
            base::append(out, separator, name, base::printable(*value));
    return out;
}

}  // namespace smtpd
