#include "smtp/greeting.h"

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"

namespace smtp {
namespace {

Peer peer_of(const Stop& stop) {
    std::string ip = stop.address->ip();
    Peer peer;
    peer.host = ip;
    peer.peer = base::text(ip, "[", ip, "]");
    peer.relay = base::text(peer.peer, ":", stop.address->port());
    return peer;
}

// Our own shortage says nothing about the host.
bool our_own(int error) {
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS ||
           error == EADDRNOTAVAIL;
}

Trouble unconnected(const Peer& peer, const base::SystemError& error) {
    std::string why = base::error_text(error.code());
    Trouble trouble = no_connection(peer.relay, why);
    if (our_own(error.code()))
        trouble.kind = Trouble::Kind::local;
    return trouble;
}

Trouble refusal(const Session& session, const mail::Reply& reply, const Options& options) {
    Trouble trouble = refused_to_talk(session.peer, reply);
    trouble.destination = true;
    if (session.stage == Stage::greeting && options.skip_5xx_greeting) {
        trouble.kind = Trouble::Kind::next;
        trouble.dsn.klass = 4;
    }
    return trouble;
}

std::optional<mail::Reply> unless_ok(mail::Reply reply) {
    if (reply.ok())
        return std::nullopt;
    return reply;
}

// None when the server is ready for mail, else what it said.
io::Task<std::optional<mail::Reply>> shake_hands(Session& session, const Options& options) {
    mail::Reply reply = co_await session.reply(Stage::greeting, options.helo);
    if (reply.ok() && !options.never_send_ehlo) {
        session.stream.put(base::text("EHLO ", options.helo_name, "\r\n"));
        mail::Reply ehlo = co_await session.reply(Stage::ehlo, options.helo);
        if (ehlo.ok())
            session.offers = esmtp::parse_ehlo(
                ehlo, {options.ignored_keywords.begin(), options.ignored_keywords.end()});
        if (ehlo.ok() || ehlo.code == 421)
            co_return unless_ok(std::move(ehlo));
    }
    if (reply.ok()) {
        session.stream.put(base::text("HELO ", options.helo_name, "\r\n"));
        mail::Reply helo = co_await session.reply(Stage::helo, options.helo);
        co_return unless_ok(std::move(helo));
    }
    co_return unless_ok(std::move(reply));
}

}  // namespace

io::Task<Greeted> open_session(Dialer& dialer, Stop stop, const Options& options) {
    Greeted greeted;
    greeted.peer = peer_of(stop);
    try {
        std::unique_ptr<io::Wire> wire =
            co_await dialer.dial(*stop.address, io::loop().now() + options.connect);
        greeted.session = std::make_unique<Session>(std::move(wire), greeted.peer);
    } catch (const io::TimedOut&) {
        greeted.trouble = no_connection(greeted.peer.relay, base::error_text(ETIMEDOUT));
    } catch (const base::SystemError& error) {
        greeted.trouble = unconnected(greeted.peer, error);
    }
    if (!greeted.session) {
        greeted.peer = Peer();
        co_return greeted;
    }
    std::exception_ptr error;
    std::optional<mail::Reply> refused;
    try {
        std::optional<mail::Reply> reply = co_await shake_hands(*greeted.session, options);
        refused = std::move(reply);
    } catch (const io::Closed&) {
        error = std::current_exception();
    } catch (const OutOfStep&) {
        error = std::current_exception();
    }
    if (refused)
        greeted.trouble = refusal(*greeted.session, *refused, options);
    if (error) {
        greeted.trouble = greeted.session->ended(error);
        greeted.trouble.destination = true;
    }
    if (refused || error)
        greeted.session.reset();
    co_return greeted;
}

io::Task<void> leave(std::unique_ptr<Session> session, const Options& options) {
    try {
        session->stream.limit(options.quit);
        session->stream.deadline(io::never);
        session->stream.put("QUIT\r\n");
        co_await session->stream.flush();
        if (!options.skip_quit_response)
            co_await session->reply(Stage::quit, options.quit);
    } catch (const io::Closed&) {
    } catch (const OutOfStep&) {
    }
}

}  // namespace smtp
