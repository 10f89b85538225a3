#include "smtp/start_tls.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/tls/handshake.h"
#include "lib/tls/log.h"
#include "smtp/log.h"

namespace smtp {
namespace {

using health::Reason;
using nexthop::demands_tls;

tls::Check check_of(const TlsPolicy& policy) {
    switch (policy.level) {
        case TlsLevel::fingerprint:
            return tls::Check::fingerprints;
        case TlsLevel::verify:
        case TlsLevel::secure:
            return tls::Check::names;
        case TlsLevel::dane_only:
            return tls::Check::tlsa;
        case TlsLevel::dane:
            return policy.tlsa.empty() ? tls::Check::nothing : tls::Check::tlsa;
        default:
            return tls::Check::nothing;
    }
}

std::vector<std::string> names_of(const TlsPolicy& policy, const std::string& host) {
    std::vector<std::string> names;
    for (const std::string& pattern : policy.match) {
        if (pattern == "hostname")
            names.push_back(host);
        else if (pattern == "nexthop")
            names.push_back(policy.domain);
        else if (pattern == "dot-nexthop")
            names.push_back("." + policy.domain);
        else
            names.push_back(pattern);
    }
    return names;
}

std::string server_name_of(const TlsPolicy& policy, const std::string& host) {
    std::string name = policy.server_name == "hostname"  ? host
                       : policy.server_name == "nexthop" ? policy.domain
                                                         : policy.server_name;
    // RFC 6066 section 3: no addresses.
    return io::SocketAddress::inet(name, 0) ? std::string() : name;
}

// Wherever TLS is only wished for, the next message may well get through.
Trouble trouble(const TlsPolicy& policy, mail::Dsn dsn, std::string reason, Reason cause) {
    Trouble made;
    made.dsn = dsn;
    made.reason = std::move(reason);
    made.destination = demands_tls(policy);
    made.cause = cause;
    return made;
}

Reason failure(const TlsPolicy& policy) {
    return demands_tls(policy) ? Reason::tls_failed_required : Reason::tls_failed;
}

// "TLS is required, but host … refused to start TLS: 454 …".
Trouble refused(const Session& session, const mail::Reply& reply) {
    Trouble made = refused_to_talk(session.peer, reply, Stage::starttls);
    made.reason = base::text("TLS is required, but host ", session.peer.peer,
                             " refused to start TLS: ", base::printable(reply.one_line()));
    made.destination = true;
    made.cause = Reason::tls_failed_required;
    return made;
}

Trouble not_offered(const Session& session) {
    Trouble made =
        trouble(session.approach->tls, {4, 7, 4},
                base::text("TLS is required, but was not offered by host ", session.peer.peer),
                Reason::starttls_missing);
    made.shortfall = Shortfall::starttls;
    return made;
}

Trouble not_verified(const TlsPolicy& policy) {
    Trouble made = trouble(policy, {4, 7, 5}, "Server certificate not verified", failure(policy));
    made.shortfall = Shortfall::proof;
    return made;
}

Trouble early(const Session& session) {
    return trouble(session.approach->tls, {4, 7, 5},
                   base::text("host ", session.peer.peer,
                              " sent more than its reply to STARTTLS before TLS began"),
                   Reason::early_data);
}

std::optional<Trouble> no_engine(const Session& session) {
    const TlsPolicy& policy = session.approach->tls;
    if (!demands_tls(policy))
        return std::nullopt;
    return trouble(policy, {4, 7, 5}, "TLS is required, but our TLS engine is unavailable",
                   Reason::local_trouble);
}

void forget_what_was_said(Session& session) {
    session.offers = {};
    session.introduction = {};
    session.extended = true;
}

}  // namespace

tls::Wish wish_of(const TlsPolicy& policy, const nexthop::Endpoint& endpoint,
                  const Options& options) {
    tls::Wish wish;
    wish.check = check_of(policy);
    wish.mandatory = demands_tls(policy);
    wish.protocols = policy.protocols;
    wish.grade = policy.grade;
    wish.excluded_ciphers = policy.excluded;
    wish.trust_anchor_files = policy.trust_anchor_files;
    wish.server_name = server_name_of(policy, endpoint.host);
    if (wish.check == tls::Check::fingerprints)
        wish.fingerprints = policy.match;
    if (wish.check == tls::Check::names)
        wish.names = names_of(policy, endpoint.host);
    if (wish.check == tls::Check::tlsa) {
        wish.tlsa = policy.tlsa;
        wish.names = policy.match;
        wish.server_name = policy.tlsa_domain;
    }
    wish.session_key =
        base::text(options.service, ' ', endpoint.host, ' ', endpoint.ip, ' ',
                   endpoint.address.is_inet() ? endpoint.port() : 0, ' ', options.helo_name);
    return wish;
}

io::Task<std::optional<Trouble>> secure(Session& session, base::Duration limit,
                                        const Options& options) {
    const TlsPolicy& policy = session.approach->tls;
    if (!options.tls)
        co_return no_engine(session);
    // RFC 3207 section 4: whatever came in the clear is forgotten, and nobody may have put replies
    // behind it that would be taken for the server's own.
    if (!session.stream.buffered().empty())
        co_return early(session);
    tls::Wish wish = wish_of(policy, session.endpoint, options);
    wish.wants_chain = options.wants_chain;
    if (options.tls->log_level() >= 2)
        wish.peer = session.peer.relay;
    tls::Check check = wish.check;
    std::unique_ptr<io::Wire> below = session.stream.release_wire();
    tls::Handshake made = co_await tls::connect(std::move(below), *options.tls, std::move(wish),
                                                io::loop().now() + limit);
    if (!made.wire) {
        session.over = true;
        tls::log_not_connected(made, session.peer.relay);
        co_return trouble(policy, {4, 7, 5}, "Cannot start TLS: handshake failure",
                          failure(policy));
    }
    session.stream = io::Stream(std::move(made.wire));
    session.tls = std::make_unique<tls::Facts>(std::move(made.facts));
    bool verified = session.tls->verified();
    if (verified && !policy.proves_nexthop)
        session.tls->peer = tls::PeerStatus::trusted;
    tls::log_connected(*session.tls, session.peer.relay, options.tls->log_level(), check);
    forget_what_was_said(session);
    if (check != tls::Check::nothing && !verified)
        co_return not_verified(policy);
    co_return std::nullopt;
}

io::Task<std::optional<Trouble>> start_tls(Session& session, const Options& options) {
    const TlsPolicy& policy = session.approach->tls;
    bool offered = session.offers.starttls;
    if (!options.tls)
        co_return no_engine(session);
    if (!offered && demands_tls(policy))
        co_return not_offered(session);
    if (!offered)
        co_return std::nullopt;
    base::Duration limit = session.within_turn(options.starttls);
    session.stream.put("STARTTLS\r\n");
    mail::Reply reply = co_await session.reply(Stage::starttls, limit);
    if (reply.ok())
        co_return co_await secure(session, session.within_turn(options.starttls), options);
    if (demands_tls(policy))
        co_return refused(session, reply);
    if (session.closing)
        co_return refused_to_talk(session.peer, reply, Stage::starttls);
    co_return std::nullopt;
}

}  // namespace smtp
