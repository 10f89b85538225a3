// Flight is one message on its way over one session: what was asked, what was answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/io/loop.h"
#include "smtp/job.h"
#include "smtp/letter.h"
#include "smtp/session.h"
#include "smtp/verdict.h"

namespace smtp {

struct Flight {
    // How the content travels: after the go-ahead of DATA, in BDAT chunks once a recipient was
    // accepted, or in one BDAT chunk right behind the envelope.
    enum class Form : uint8_t { data, chunks, one_chunk };

    Flight(Job& message, Form how, Letter content)
        : job(message), form(how), letter(std::move(content)), begun(io::loop().now()) {}

    // Asks failover_reply_filter about a reply that is about to be taken for a refusal().
    io::Task<void> consult(const mail::Reply& reply, const Options& options);
    Trouble refusal(const Session& session, const mail::Reply& reply, Stage stage) const;
    // The server may have the message: unless duplicates are the lesser evil, it is asked again
    // first; once, for a relay may swallow all that comes.
    Trouble uncertain(Trouble trouble, const Session& session) const;
    // These recipients failed over `session`, whose relay hears of it.
    void fail(Session& session, const std::vector<uint32_t>& places, const Trouble& trouble);
    // Recipients of whom nothing is known yet but that the server may have taken them.
    std::vector<uint32_t> unresolved() const;
    // Commands before MAIL.
    size_t lead() const { return (reset ? 1 : 0) + forwarded.size(); }
    // No reply to this message has come.
    bool unanswered() const { return answered <= (reset ? 1 : 0); }

    Job& job;
    Form form;
    Letter letter;
    std::string piece;                   // one_chunk: the content
    std::vector<std::string> forwarded;  // XFORWARD commands
    std::vector<uint32_t> offered;       // places of the request's recipients, in order of RCPT
    std::vector<uint32_t> accepted;      // of these, by the server; empty once their fate is known
    size_t asked = 0;                    // commands of the envelope put so far
    size_t answered = 0;                 // and replies to them read
    bool reset = false;                  // the first of them is RSET
    bool finished = false;               // all content was put: the server may have the message
    bool hopeless = false;               // MAIL was refused
    bool stale = false;                  // the server had closed this used connection already
    bool mixed_up = false;               // a recipient was accepted though MAIL was not
    bool go_ahead = false;               // 354
    std::optional<Order> order;          // of the filter, about the last reply
    bool blamed = false;                 // the log has why the server did not take it
    base::Instant begun;
};

}  // namespace smtp
