// Transaction is one mail of a session: from MAIL to the reply behind its content.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/cleanup/intake.h"
#include "lib/esmtp/end_of_data.h"
#include "lib/io/task.h"
#include "lib/mail/envelope.h"
#include "lib/mail/reply.h"

namespace smtpd {

struct Shared;

class Transaction {
  public:
    // `envelope` lacks only what RCPT brings.
    Transaction(const Shared& shared, mail::Envelope envelope, bool complete_headers);

    const mail::Envelope& envelope() const { return envelope_; }
    // As the client gave it, for replies and log lines.
    void sender_given(std::string_view sender) { given_sender_ = sender; }
    const std::string& given_sender() const { return given_sender_; }

    // "" until the first recipient is accepted.
    const std::string& queue_id() const { return envelope_.queue_id; }
    void name(const mail::QueueId& id) { envelope_.queue_id = id.text(); }
    // `notify` and `orcpt`: what the client wants to hear of it (mail::Recipient).
    void add_recipient(std::string_view given, uint32_t notify = 0, std::string_view orcpt = {});
    size_t recipients() const { return envelope_.recipients.size(); }
    size_t overshoot = 0;        // RCPT commands over the limit
    bool discarded = false;      // an access table throws it away: it is accepted, not stored
    cleanup::Orders orders;      // of access tables
    std::string received_notes;  // of the session, for Received:: lines, each behind a line end
    std::string prepended;       // headers (CRLF lines) that access tables put on top

    // Adds lines of content (CRLF, not dot-stuffed). What the spool refuses is remembered, and the
    // rest of the content swallowed.
    io::Task<void> add_content(std::string_view content);
    // The message is complete: gives none when it is durable, else the reply that says why it is
    // not. The transaction is over with that.
    io::Task<std::optional<mail::Reply>> commit();

    // Messages sent with BDAT.
    struct Bdat {
        esmtp::BdatText text;
        uint64_t bytes = 0;
        bool failed = false;  // what follows is discarded until the last chunk
    };
    std::optional<Bdat> bdat;

  private:
    io::Task<void> begin_content();

    const Shared& shared_;
    mail::Envelope envelope_;
    std::string given_sender_;
    bool local_;
    cleanup::Intake intake_;
};

}  // namespace smtpd
