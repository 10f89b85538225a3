#include "lib/tls/handshake.h"

#include <openssl/err.h>

#include <algorithm>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/tls/certificate.h"
#include "lib/tls/client_inside.h"
#include "lib/tls/client_sessions.h"
#include "lib/tls/dane.h"
#include "lib/tls/inspect.h"
#include "lib/tls/library_error.h"
#include "lib/tls/server_inside.h"
#include "lib/tls/verdict.h"
#include "lib/tls/wire.h"

namespace tls {

Handshake::Handshake() = default;

namespace {

enum class End { done, timed_out, failed };

io::Task<bool> wait(TlsWire& wire, TlsWire::Step step, base::Instant deadline) {
    if (step == TlsWire::Step::wants_read) {
        bool readable = co_await wire.readable(deadline);
        co_return readable;
    }
    bool writable = co_await wire.writable(deadline);
    co_return writable;
}

io::Task<End> shake_hands(TlsWire& wire, base::Instant deadline) {
    while (true) {
        TlsWire::Step step = wire.handshake();
        if (step == TlsWire::Step::done)
            co_return End::done;
        if (step == TlsWire::Step::failed)
            co_return End::failed;
        bool ready = co_await wait(wire, step, deadline);
        if (!ready)
            co_return End::timed_out;
    }
}

std::string words_of(std::exception_ptr thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
        return error.what();
    }
}

Handshake failure(End end, TlsWire& wire) {
    Handshake failed;
    failed.timed_out = end == End::timed_out;
    failed.lost = wire.ended() || wire.below_failed() != nullptr;
    if (failed.timed_out) {
        failed.error = base::error_text(ETIMEDOUT);
    } else if (wire.below_failed() != nullptr) {
        failed.error = words_of(wire.below_failed());
    } else if (ERR_peek_error() == 0 || wire.ended()) {
        failed.error = "lost connection";
    } else {
        unsigned long code = ERR_peek_error();
        const char* reason = ERR_reason_error_string(code);
        failed.error = reason == nullptr ? "unknown error" : reason;
        failed.library_errors = library_errors();
    }
    ERR_clear_error();
    return failed;
}

Handshake refusal(std::string reason) {
    Handshake failed;
    failed.error = std::move(reason);
    ERR_clear_error();
    return failed;
}

// The fingerprint without colons, in capitals.
std::string bare(std::string_view fingerprint) {
    std::string digits;
    for (char c : fingerprint)
        if (c != ':')
            digits.push_back(c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c);
    return digits;
}

bool has_fingerprint(const Wish& wish, const Facts& facts) {
    std::string certificate = bare(facts.certificate_fingerprint);
    std::string key = bare(facts.key_fingerprint);
    return std::any_of(wish.fingerprints.begin(), wish.fingerprints.end(),
                       [&](const std::string& wanted) {
                           std::string digits = bare(wanted);
                           return digits == certificate || digits == key;
                       });
}

bool has_name(const Wish& wish, X509* peer, bool wildcard_of_many_labels) {
    return std::any_of(wish.names.begin(), wish.names.end(), [&](const std::string& name) {
        return names_host(peer, name, wildcard_of_many_labels);
    });
}

void set_problem(Facts& facts, ChainProblem problem) {
    facts.problem = std::move(problem.text);
    facts.problem_of = std::move(problem.of);
}

void set_error(Facts& facts, int error, X509* peer) {
    set_problem(facts, chain_problem({error, 0, peer, false, 0}));
}

// What the certificate is worth, by what was wished for.
void judge(SSL* connection, const ClientContext::Inside& context, const Wish& wish,
           const Verdict& verdict, Facts& facts) {
    X509* peer = SSL_get0_peer_certificate(connection);
    if (peer == nullptr)
        return;
    int result = static_cast<int>(SSL_get_verify_result(connection));
    bool trusted = result == X509_V_OK;
    // A good chain alone is not what was asked for, unless nothing was.
    bool enough = trusted && wish.check == Check::nothing;
    facts.peer = enough ? PeerStatus::trusted : PeerStatus::untrusted;
    // A resumed session knows the error alone.
    if (!trusted && verdict.good())
        set_error(facts, result, peer);
    else
        set_problem(facts, verdict.problem());
    if (wish.check == Check::nothing)
        return;
    if (wish.check == Check::fingerprints) {
        bool good = has_fingerprint(wish, facts);
        facts.peer = good ? PeerStatus::verified : PeerStatus::untrusted;
        set_error(facts, good ? X509_V_OK : X509_V_ERR_CERT_UNTRUSTED, peer);
        return;
    }
    facts.tlsa_match = matched_record(connection);
    if (!trusted)
        return;
    bool any_name = wish.check == Check::tlsa && !matched_authority(connection);
    if (any_name || has_name(wish, peer, context.settings.wildcard_of_many_labels))
        facts.peer = PeerStatus::verified;
    else
        set_error(facts, X509_V_ERR_HOSTNAME_MISMATCH, peer);
}

}  // namespace

io::Task<Handshake> connect(std::unique_ptr<io::Wire> below, const ClientContext& context,
                            Wish wish, base::Instant deadline) {
    const ClientContext::Inside& inside = context.inside();
    Connection connection;
    std::string reason;
    try {
        connection = make_connection(inside, wish);
    } catch (const PemError& error) {
        reason = error.reason;
    }
    if (!connection)
        co_return refusal(reason);
    Verdict verdict(inside.settings.verify_depth, false);
    verdict.watch(connection.get());
    auto wire = std::make_unique<TlsWire>(std::move(connection), std::move(below),
                                          Trace(inside.settings.log_level, wish.peer));
    SessionKeeper* keeper = nullptr;
    if (inside.sessions != nullptr && !wish.session_key.empty()) {
        auto made = std::make_unique<SessionKeeper>(*inside.sessions, session_key(inside, wish),
                                                    inside.settings.session_timeout);
        keeper = made.get();
        keeper->offer(wire->connection());
        wire->keep(std::move(made));
    }
    End end = co_await shake_hands(*wire, deadline);
    Verdict::forget(wire->connection());
    if (end != End::done)
        co_return failure(end, *wire);
    Handshake made;
    made.facts = inspect(wire->connection(), inside.settings, wish.wants_chain);
    made.facts.server_name = wish.server_name;
    judge(wire->connection(), inside, wish, verdict, made.facts);
    if (keeper != nullptr && (wish.check == Check::nothing || made.facts.verified()))
        keeper->approve();
    made.wire = std::move(wire);
    co_return made;
}

io::Task<Handshake> accept(std::unique_ptr<io::Wire> below, const ServerContext& context,
                           ServerWish wish, base::Instant deadline) {
    const ServerContext::Inside& inside = context.inside();
    Connection connection;
    std::string reason;
    try {
        connection = make_connection(inside, wish);
    } catch (const PemError& error) {
        reason = error.reason;
    }
    if (!connection)
        co_return refusal(reason);
    Verdict verdict(inside.settings.verify_depth, true);
    verdict.watch(connection.get());
    ServerSide side(inside);
    side.watch(connection.get());
    auto wire = std::make_unique<TlsWire>(std::move(connection), std::move(below),
                                          Trace(inside.settings.log_level, wish.peer));
    End end = co_await shake_hands(*wire, deadline);
    Verdict::forget(wire->connection());
    ServerSide::forget(wire->connection());
    if (end != End::done)
        co_return failure(end, *wire);
    Handshake made;
    made.facts = inspect(wire->connection(), inside.settings, false);
    made.facts.server_name = side.server_name;
    if (made.facts.has_certificate()) {
        bool trusted = SSL_get_verify_result(wire->connection()) == X509_V_OK;
        made.facts.peer = trusted ? PeerStatus::trusted : PeerStatus::untrusted;
        set_problem(made.facts, verdict.problem());
    }
    made.wire = std::move(wire);
    co_return made;
}

}  // namespace tls
