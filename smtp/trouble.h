// Trouble is why a message, or one of its recipients, did not get through at one place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/time.h"
#include "lib/health/reasons.h"
#include "lib/mail/dsn.h"
#include "lib/mail/reply.h"
#include "smtp/stage.h"

namespace smtp {

// What a connection lacks of what REQUIRETLS demands: encryption by our own policy, STARTTLS, a
// server that is proved to be the right one, the server's own REQUIRETLS.
enum class Shortfall : uint8_t { none, encryption, starttls, proof, requiretls };

struct Trouble {
    // next: another place may take it, later if not now. refused: return it. ambiguous: the server
    // may have the message, so no other place is asked. local: our own fault, no use to go on.
    // unfit: this server cannot take the message, which is refused when no other place can.
    // unreachable: the destination has no place to go to, and will not have one soon. later: keep
    // it, and ask no other place now.
    enum class Kind : uint8_t { next, refused, ambiguous, local, unfit, unreachable, later };

    Kind kind = Kind::next;
    mail::Dsn dsn{4, 0, 0};
    std::string reason;        // for the log and the report: "host … said: 450 …"
    std::string remote_mta;    // the host that said `diagnostic`, or ""
    std::string diagnostic;    // its reply as received, or ""
    bool destination = false;  // before a message could be tried: the place itself has it
    bool unconnected = false;  // not even a connection was made
    health::Reason cause = health::Reason::none;  // what it says of the relay
    bool of_client = false;                       // the reply refuses us, whatever the message
    Shortfall shortfall = Shortfall::none;        // of a server, or of the policy for it
    bool ordered = false;                         // the kind is what failover_reply_filter wants
    base::Duration retry_in{0};  // when another attempt is worth it; zero: by the usual back-off
    std::string ask_first;       // whom that asks first; "" for none
};

// `host` is the host's name, `peer` its "name[address]" as log lines have it.
struct Peer {
    std::string host;
    std::string peer;
    std::string relay;  // peer:port
};

// A reply that says no: 5xx refuses, 4xx means next; any other code is an error of protocol.
Trouble said(const Peer& peer, const mail::Reply& reply, Stage stage);
// A greeting, or the reply to an EHLO, that says no.
Trouble refused_to_talk(const Peer& peer, const mail::Reply& reply, Stage stage);
// The connection ended, or a time limit passed, at `stage`.
Trouble lost(const Peer& peer, Stage stage);
Trouble timed_out(const Peer& peer, Stage stage);
Trouble protocol_error(const Peer& peer, Stage stage, std::string_view what);
// The lookup of a destination gave no endpoint: class 4 means next, class 5 unreachable.
Trouble lookup_trouble(mail::Dsn dsn, std::string_view reason);
// `trouble` with a relay that the configuration names: mail waits until that is put right.
Trouble misconfigured(Trouble trouble);
Trouble no_connection(std::string_view relay, std::string_view reason);
Trouble local_trouble(std::string_view reason);
// The same of content that cannot be read.
Trouble unreadable(std::string_view why);

}  // namespace smtp
