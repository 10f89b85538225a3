// Transaction takes one message through MAIL, RCPT and its content over an open session.
//
// Commands go out as far ahead of the replies as the server allows. Every recipient that a reply
// decides gets its outcome from the job; those still unresolved when the connection ends
// (io::Closed, OutOfStep) or the content cannot be read are for the caller.
#pragma once

#include <memory>

#include "lib/io/task.h"
#include "smtp/flight.h"
#include "smtp/options.h"
#include "smtp/session.h"

namespace smtp {

// Who knows which message comes next.
class Successor {
  public:
    virtual ~Successor() = default;
    // The message to put behind the one that ends now, ready to go; null for none.
    virtual std::unique_ptr<Flight> follow(Session& session) = 0;
};

class Transaction {
  public:
    Transaction(Session& session, Flight& flight, const Options& options)
        : session_(session), flight_(flight), options_(options) {}

    // Whether the message is small enough in its envelope to go behind another.
    static bool fits_behind(const Job& job);
    // Puts all that may go before the first reply.
    void put_ahead();
    io::Task<void> run(Successor& successor);

  private:
    size_t commands() const;
    Stage stage_of(size_t step) const;
    base::Duration limit_of(Stage stage) const;
    base::Duration in_turn(base::Duration limit) const;
    bool may_put() const;
    void put(size_t step);
    void put_mail();
    void put_rcpt(const ipc::DeliveryRecipient& recipient);
    void put_chunk(std::string_view piece, bool last);

    io::Task<void> exchange_envelope(Successor& successor);
    void answer(Stage stage, size_t step, const mail::Reply& reply);
    void answer_mail(const mail::Reply& reply);
    void answer_rcpt(uint32_t place, const mail::Reply& reply);
    void answer_data(const mail::Reply& reply);
    void answer_end(Stage stage, const mail::Reply& reply);
    void taken(const std::vector<uint32_t>& places, const mail::Reply& reply);
    void server_closes(const mail::Reply& reply, Stage stage);

    io::Task<void> send_data(Successor& successor);
    io::Task<void> send_body();
    io::Task<void> early_reply();
    io::Task<void> send_nothing();
    io::Task<void> send_chunks(Successor& successor);
    io::Task<void> finish(Stage stage);
    io::Task<void> finish_each(Stage stage);
    void look_ahead(Successor& successor);

    Session& session_;
    Flight& flight_;
    const Options& options_;
    bool looked_ahead_ = false;
    base::Instant content_at_{};  // when its content was begun to be sent
    bool begun_ = false;          // the server has answered the first chunk
};

}  // namespace smtp
