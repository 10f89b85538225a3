// Session is one SMTP connection whose server has greeted us, with what that server can do.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "lib/esmtp/ehlo.h"
#include "lib/esmtp/reply_reader.h"
#include "lib/io/stream.h"
#include "lib/io/task.h"
#include "lib/mail/reply.h"
#include "lib/nexthop/endpoint.h"
#include "lib/tls/facts.h"
#include "smtp/approach.h"
#include "smtp/stage.h"
#include "smtp/standing.h"
#include "smtp/trouble.h"

namespace smtp {

struct Flight;

// The server does not keep to the protocol: nothing it says can be trusted any more.
struct OutOfStep : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Session {
  public:
    Session(std::unique_ptr<io::Wire> wire, Peer server);
    ~Session();

    // The next reply. What was put goes out before this waits; the whole reply must come within
    // `limit`. Throws io::Closed, io::TimedOut, OutOfStep.
    io::Task<mail::Reply> reply(Stage due, base::Duration limit);
    // `limit`, or what is left before turn_ends.
    base::Duration within_turn(base::Duration limit) const;
    // Nothing has come that no command asked for: not the end of the connection, not a reply.
    bool quiet();
    // A reply that came before the connection broke, if there was one. Throws OutOfStep.
    io::Task<std::optional<mail::Reply>> last_words();
    // Whether it may have another message, for all that is known of its relay and of better ones.
    bool fit() const;
    // What ended the conversation, as the trouble of those who were concerned.
    Trouble ended(const std::exception_ptr& error);

    io::Stream stream;
    Peer peer;
    mail::Reply greeting;
    mail::Reply introduction;         // what it said to EHLO, LHLO or HELO,
    esmtp::Capabilities offers;       // and what is understood of that
    std::string nexthop;              // it was opened for,
    size_t site = 0;                  // the number of the destination in that,
    nexthop::Endpoint endpoint;       // and the address
    SharedApproach approach;          // only mail with the same may go over it
    std::unique_ptr<tls::Facts> tls;  // null: in the clear,
    bool fallen = false;              // though TLS was wished for, and failed there
    base::Instant opened;
    // Whether no other place was left to ask when it was opened. Else another one's turn comes at
    // turn_ends: by then a message's envelope is to be through (budget.h).
    bool alone = true;
    base::Instant turn_ends = base::never;
    Standing standing;                  // of the relay
    std::vector<Standing> passed_over;  // better ones, which were no good when it was opened
    unsigned uses = 0;                  // messages begun
    Stage stage = Stage::greeting;
    bool disconnected = false;  // ended() found no time limit and no breach of protocol
    bool over = false;          // not to be used again
    bool closing = false;       // the server said 421
    bool extended = true;       // it is worth an EHLO, said its greeting
    // What a reply is about is told by its place among the others: a line that is none ends the
    // session. Else such lines, which some servers send, are overlooked.
    bool counts_replies = false;
    std::string login_mechanism;         // by which we have logged in; "" for not at all
    std::string_view protocol = "SMTP";  // or ESMTP, LMTP
    std::string queue_id;                // of the message that was begun last
    bool needs_reset = false;            // a transaction may be open: RSET comes first
    std::unique_ptr<Flight> ahead;  // of the next message: its envelope was sent behind this one

  private:
    bool take_lines();
    bool take_line(std::string_view line);
    esmtp::ReplyReader reader_;
    bool complete_ = false;  // the line at hand ends a reply
    bool cut_ = false;       // it was overlong, and what is left of it is passed over
};

}  // namespace smtp
