#include "lib/tls/log.h"

#include "lib/base/log.h"
#include "lib/base/text.h"

namespace tls {
namespace {

void log_certificate(const Facts& facts, std::string_view peer) {
    if (!facts.has_certificate())
        return;
    base::log::info(base::text(peer, ": subject_CN=", facts.subject_cn, ", issuer_CN=",
                               facts.issuer_cn, ", fingerprint=", facts.certificate_fingerprint,
                               ", pkey_fingerprint=", facts.key_fingerprint));
}

void log_resumed(const Facts& facts, std::string_view peer) {
    if (facts.resumed)
        base::log::info(base::text(peer, ": Reusing old session"));
}

void log_problem(const Facts& facts, std::string_view peer) {
    if (!facts.problem.empty())
        base::log::info(facts.unverified(peer));
}

void log_failure(const Handshake& failed, std::string_view what, std::string_view peer) {
    bool by_library = !failed.timed_out && !failed.lost;
    base::log::info(base::text(what, " ", peer, ": ", by_library ? "-1" : failed.error));
    for (const std::string& line : failed.library_errors)
        base::log::warning(base::text("TLS library problem: ", line));
    if (by_library && failed.library_errors.empty())
        base::log::warning(base::text("TLS: ", peer, ": ", failed.error));
}

}  // namespace

void log_connected(const Facts& facts, std::string_view peer, int level, Check check) {
    if (check != Check::nothing || level >= 2)
        log_problem(facts, peer);
    if (level >= 2) {
        log_resumed(facts, peer);
        log_certificate(facts, peer);
    }
    if (level >= 1)
        base::log::info(facts.established_to(peer));
}

void log_accepted(const Facts& facts, std::string_view peer, int level) {
    if (level >= 2) {
        log_resumed(facts, peer);
        log_problem(facts, peer);
        log_certificate(facts, peer);
    }
    if (level >= 1)
        base::log::info(facts.established_from(peer));
}

void log_not_connected(const Handshake& failed, std::string_view peer) {
    log_failure(failed, "SSL_connect error to", peer);
}

void log_not_accepted(const Handshake& failed, std::string_view peer) {
    log_failure(failed, "SSL_accept error from", peer);
}

}  // namespace tls
