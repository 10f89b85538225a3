#include "smtp/trouble.h"

#include "lib/base/text.h"
#include "smtp/verdict.h"

namespace smtp {
namespace {

// RFC 3463 section 2: an enhanced code of another class than the reply's own says nothing.
mail::Dsn dsn_of(const mail::Reply& reply) {
    mail::Dsn dsn = reply.dsn_or_default();
    return dsn.klass == reply.code / 100 ? dsn : mail::Dsn{reply.code / 100, 0, 0};
}

Trouble from_reply(const Peer& peer, const mail::Reply& reply, Stage stage, std::string reason) {
    Trouble trouble;
    trouble.cause = cause_of(stage, reply);
    trouble.of_client = refuses_client(stage, reply);
    trouble.kind = reply.permanent() ? Trouble::Kind::refused : Trouble::Kind::next;
    trouble.remote_mta = peer.host;
    trouble.diagnostic = base::printable(reply.one_line());
    if (reply.permanent() || reply.transient()) {
        trouble.dsn = dsn_of(reply);
        trouble.reason = std::move(reason);
    } else {
        trouble.dsn = {4, 5, 0};
        trouble.reason = "Protocol error: " + reason;
    }
    return trouble;
}

Trouble broken_off(Stage stage, Fault fault, std::string reason) {
    Trouble trouble;
    trouble.cause = cause_of(stage, fault);
    trouble.dsn = {4, 4, 2};
    trouble.reason = std::move(reason);
    return trouble;
}

}  // namespace

Trouble said(const Peer& peer, const mail::Reply& reply, Stage stage) {
    return from_reply(peer, reply, stage,
                      base::text("host ", peer.peer, " said: ", base::printable(reply.one_line()),
                                 " (in reply to ", command(stage), ")"));
}

Trouble refused_to_talk(const Peer& peer, const mail::Reply& reply, Stage stage) {
    return from_reply(peer, reply, stage,
                      base::text("host ", peer.peer,
                                 " refused to talk to me: ", base::printable(reply.one_line())));
}

Trouble lost(const Peer& peer, Stage stage) {
    return broken_off(stage, Fault::lost,
                      base::text("lost connection with ", peer.peer, " while ", doing(stage)));
}

Trouble timed_out(const Peer& peer, Stage stage) {
    return broken_off(
        stage, Fault::timed_out,
        base::text("conversation with ", peer.peer, " timed out while ", doing(stage)));
}

Trouble protocol_error(const Peer& peer, Stage stage, std::string_view what) {
    Trouble trouble;
    trouble.cause = cause_of(stage, Fault::out_of_step);
    trouble.dsn = {4, 5, 0};
    trouble.reason = base::text("Protocol error: host ", peer.peer, " ", what, " (in reply to ",
                                command(stage), ")");
    return trouble;
}

Trouble lookup_trouble(mail::Dsn dsn, std::string_view reason) {
    Trouble trouble;
    trouble.kind = dsn.klass == 4 ? Trouble::Kind::next : Trouble::Kind::unreachable;
    trouble.dsn = dsn;
    trouble.reason = reason;
    trouble.destination = true;
    return trouble;
}

Trouble misconfigured(Trouble trouble) {
    trouble.kind = Trouble::Kind::next;
    trouble.dsn = {4, 3, 5};
    return trouble;
}

Trouble no_connection(std::string_view relay, std::string_view reason) {
    Trouble trouble;
    trouble.cause = health::Reason::connect_timeout;
    trouble.dsn = {4, 4, 1};
    trouble.reason = base::text("connect to ", relay, ": ", reason);
    trouble.destination = true;
    trouble.unconnected = true;
    return trouble;
}

Trouble local_trouble(std::string_view reason) {
    Trouble trouble;
    trouble.cause = health::Reason::local_trouble;
    trouble.kind = Trouble::Kind::local;
    trouble.dsn = {4, 3, 0};
    trouble.reason = reason;
    return trouble;
}

Trouble unreadable(std::string_view why) {
    return local_trouble(base::text("cannot read the message: ", why));
}

}  // namespace smtp
