#include "smtp/demand.h"

#include <array>
#include <utility>

#include "lib/base/text.h"

namespace smtp {
namespace {

// In the order of Shortfall.
constexpr std::array<std::string_view, 5> words = {"", "noencryption", "nostarttls", "nocertmatch",
                                                   "none"};

Shortfall shortfall_of(const Session& session) {
    if (!session.tls)
        return Shortfall::starttls;
    if (!session.offers.requiretls)
        return Shortfall::requiretls;
    return session.tls->verified() ? Shortfall::none : Shortfall::proof;
}

// Whether the demand is not to be met with that lacking.
bool forbids(RequireTls demand, Shortfall shortfall) {
    bool in_the_clear = shortfall == Shortfall::encryption || shortfall == Shortfall::starttls;
    return shortfall != Shortfall::none &&
           (demand == RequireTls::enforce || (demand == RequireTls::starttls && in_the_clear));
}

Trouble unfit(Shortfall shortfall, std::string reason) {
    Trouble trouble;
    trouble.kind = Trouble::Kind::unfit;
    trouble.dsn = {5, 7, shortfall == Shortfall::requiretls ? 30 : 10};
    trouble.reason = base::text("REQUIRETLS demands ", reason);
    trouble.shortfall = shortfall;
    return trouble;
}

// What a server offers it will have before long (RFC 3207 section 4: 454).
Trouble for_now(Trouble trouble) {
    trouble.kind = Trouble::Kind::next;
    trouble.dsn.klass = 4;
    return trouble;
}

std::string status_of(RequireTls demand, Shortfall shortfall) {
    if (demand == RequireTls::disable)
        return {};
    bool forbidden = forbids(demand, shortfall);
    bool in_the_clear = shortfall == Shortfall::encryption || shortfall == Shortfall::starttls;
    if (!forbidden && in_the_clear)
        shortfall = Shortfall::requiretls;
    std::string_view word = words.at(static_cast<size_t>(shortfall));
    return base::text(forbidden ? "/!" : "/", "requiretls", word.empty() ? "" : ":", word);
}

std::string with_level(const TlsPolicy& policy, std::string_view mark, std::string demanded) {
    if (policy.level == TlsLevel::none)
        return demanded.empty() ? demanded : base::text(name_of(policy.level), demanded);
    return base::text(name_of(policy.level), mark, demanded);
}

}  // namespace

std::optional<Trouble> unfit_policy(RequireTls demand, const TlsPolicy& policy,
                                    const Visit& visit) {
    std::string_view level = name_of(policy.level);
    if (policy.level == TlsLevel::none && forbids(demand, Shortfall::encryption))
        return unfit(Shortfall::encryption,
                     base::text("TLS, which is not used with host ", visit.host, " at level none"));
    if (!nexthop::proves_server(policy, visit) && forbids(demand, Shortfall::proof))
        return unfit(Shortfall::proof,
                     base::text("a server that is verified to be one of ", visit.domain,
                                "'s, which host ", visit.host, " is not at TLS level ", level));
    return std::nullopt;
}

std::optional<Trouble> falls_short(RequireTls demand, const Session& session) {
    Shortfall shortfall = shortfall_of(session);
    if (!forbids(demand, shortfall))
        return std::nullopt;
    const std::string& peer = session.peer.peer;
    if (shortfall == Shortfall::starttls && session.offers.starttls)
        return for_now(unfit(shortfall, base::text("TLS, which host ", peer, " refused to start")));
    if (shortfall == Shortfall::starttls)
        return unfit(shortfall, base::text("TLS, which was not offered by host ", peer));
    if (shortfall == Shortfall::proof)
        return unfit(shortfall, base::text("a verified server, which host ", peer, " is not"));
    return unfit(shortfall, base::text("support of it, which was not offered by host ", peer));
}

Trouble as_demanded(RequireTls demand, Trouble trouble) {
    if (trouble.kind == Trouble::Kind::next && forbids(demand, trouble.shortfall)) {
        trouble.kind = Trouble::Kind::unfit;
        trouble.dsn = {5, 7, 10};
    }
    return trouble;
}

bool passes_on(RequireTls demand, const Session& session) {
    return demand != RequireTls::disable && session.tls && session.offers.requiretls;
}

std::string tls_status(const Session& session, RequireTls demand, const Options& options) {
    if (!session.approach || !options.log_tls_status)
        return {};
    std::string demanded = status_of(demand, shortfall_of(session));
    if (session.fallen)
        return base::text("may:none", demanded);
    return with_level(session.approach->tls, session.tls ? "" : ":none", std::move(demanded));
}

std::string tls_status(const FoundApproach& approach, const Trouble& trouble,
                       const Options& options) {
    if (!approach.approach || !options.log_tls_status)
        return {};
    bool decided = forbids(approach.demand, trouble.shortfall);
    std::string demanded = decided ? status_of(approach.demand, trouble.shortfall)
                           : approach.demand == RequireTls::disable ? std::string()
                                                                    : "/requiretls?";
    return with_level(approach.approach->tls, decided ? "" : "?", std::move(demanded));
}

}  // namespace smtp
