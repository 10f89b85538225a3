#include "smtpd/starttls.h"

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/tls/handshake.h"
#include "lib/tls/log.h"
#include "smtpd/client_limits.h"
#include "smtpd/log.h"
#include "smtpd/session.h"

namespace smtpd {

namespace {

// RFC 3207 section 4.2: the client's own words are forgotten, but not what a client in front said
// of it (XCLIENT).
void forget(Session& session) {
    session.reset_mail();
    session.helo.clear();
    session.protocol = "SMTP";
    session.discarded_keywords.reset();
    if (session.login.method != "XCLIENT")
        session.login = Login();
}

// A client that must show a certificate, and did not.
Objection judge_certificate(const Session& session) {
    if (!session.options().tls.client_trusted || has_trusted_certificate(session))
        return std::nullopt;
    std::string_view why = session.tls->has_certificate() ? "Client certificate not trusted"
                                                          : "No client certificate presented";
    if (!session.tls->problem.empty() && session.shared.tls->log_level() < 2)
        log::certificate_trouble(session, session.tls->problem);
    log::tls_aborted(session, why);
    return mail::Reply::make(421,
                             base::text("4.7.1 ", session.options().myhostname, " Error: ", why));
}

std::optional<Answer> refuse_starttls(const Session& session, const esmtp::Command& command) {
    if (!command.args.empty())
        return Answer(501, "5.5.4 Syntax: STARTTLS");
    if (session.tls)
        return Answer(554, "5.5.1 Error: TLS already active");
    if (!session.options().tls.offered || session.discards("STARTTLS"))
        return Answer(502, "5.5.1 Error: command not implemented");
    // What came behind the command came in plain text, from whomever: it must not be obeyed as if
    // it were the client's (RFC 3207 section 6).
    if (!session.stream.buffered().empty())
        return Answer(554, "5.5.0 Error: SMTP protocol synchronization").ending();
    if (session.shared.tls == nullptr)
        return Answer(454, "4.7.0 TLS not available due to local problem");
    return std::nullopt;
}

}  // namespace

bool has_trusted_certificate(const Session& session) {
    return session.tls && session.tls->peer >= tls::PeerStatus::trusted;
}

bool offers_starttls(const Session& session) {
    return session.options().tls.offered && session.shared.tls != nullptr && !session.tls &&
           !session.discards("STARTTLS");
}

bool offers_requiretls(const Session& session) {
    return session.options().takes_requiretls && session.tls && !session.discards("REQUIRETLS");
}

io::Task<Objection> enter_tls(Session& session) {
    std::unique_ptr<io::Wire> plain = session.stream.release_wire();
    io::Instant deadline = io::loop().now() + session.options().tls.handshake_time;
    tls::ServerWish wish;
    wish.mandatory = session.options().tls.demanded;
    if (session.shared.tls->log_level() >= 2)
        wish.peer = session.client.text();
    const tls::ServerContext& context = *session.shared.tls;
    tls::Handshake done = co_await tls::accept(std::move(plain), context, wish, deadline);
    if (!done.wire) {
        tls::log_not_accepted(done, session.client.text());
        throw io::Closed("lost connection");
    }
    tls::log_accepted(done.facts, session.client.text(), context.log_level());
    session.stream = io::Stream(std::move(done.wire));
    session.begin_request();
    session.tls = std::make_unique<const tls::Facts>(std::move(done.facts));
    forget(session);
    co_await session.shared.policy.recognize_certificate(session.client, *session.tls);
    if (!session.tls->resumed) {
        Objection crowd = co_await limit_tls_session(session);
        if (crowd)
            co_return crowd;
    }
    co_return judge_certificate(session);
}

io::Task<Answer> starttls_command(Session& session, const esmtp::Command& command) {
    if (auto refusal = refuse_starttls(session, command))
        co_return std::move(*refusal);
    Objection crowd = co_await limit_tls_request(session);
    if (crowd)
        co_return Answer(std::move(*crowd));
    session.stream.put("220 2.0.0 Ready to start TLS\r\n");
    co_await session.stream.flush();
    Objection objection = co_await enter_tls(session);
    if (objection)
        co_return Answer(std::move(*objection));
    co_return Answer(220, "2.0.0 Ready to start TLS").said();
}

}  // namespace smtpd
