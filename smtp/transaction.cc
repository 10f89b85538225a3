#include "smtp/transaction.h"

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "smtp/content_pace.h"
#include "smtp/envelope_commands.h"
#include "smtp/log.h"

namespace smtp {
namespace {

// Commands whose replies have not been read. What a server answers to so many fits into the
// buffers of a connection, so that neither side can wait for the other to read (RFC 2920 section
// 3.1).
constexpr size_t pipeline_window = 200;
constexpr size_t chunk_window = 8;

}  // namespace

size_t Transaction::commands() const {
    bool apart = flight_.form == Flight::Form::chunks || flight_.job.request().probe;
    size_t content = apart ? 0 : 1;
    return flight_.lead() + 1 + flight_.offered.size() + content;
}

Stage Transaction::stage_of(size_t step) const {
    if (flight_.reset && step == 0)
        return Stage::reset;
    if (step < flight_.lead())
        return Stage::xforward;
    step -= flight_.lead();
    if (step == 0)
        return Stage::mail;
    if (step <= flight_.offered.size())
        return Stage::rcpt;
    return flight_.form == Flight::Form::data ? Stage::data : Stage::last_chunk;
}

base::Duration Transaction::limit_of(Stage stage) const {
    switch (stage) {
        case Stage::reset:
            return options_.rset;
        case Stage::xforward:
            return options_.xforward;
        case Stage::mail:
            return options_.mail;
        case Stage::rcpt:
            return options_.rcpt;
        case Stage::data:
            return options_.data_init;
        default:
            return options_.data_done;
    }
}

// Of a reply that is to come in the relay's turn. Where the server may have the whole message, as
// behind a final dot, nobody else is asked for want of a reply.
base::Duration Transaction::in_turn(base::Duration limit) const {
    return flight_.finished ? limit : session_.within_turn(limit);
}

bool Transaction::fits_behind(const Job& job) {
    return job.request().recipients.size() + 2 <= pipeline_window / 2;
}

bool Transaction::may_put() const {
    size_t window = session_.offers.pipelining ? pipeline_window : 1;
    if (flight_.hopeless || flight_.asked == commands() ||
        flight_.asked - flight_.answered >= window)
        return false;
    // The content command is not worth sending once all recipients are known to be refused.
    Stage next = stage_of(flight_.asked);
    bool all_known = flight_.asked == flight_.answered;
    return next <= Stage::rcpt || !all_known || !flight_.accepted.empty();
}

void Transaction::put(size_t step) {
    Stage stage = stage_of(step);
    if (stage == Stage::reset) {
        session_.stream.put("RSET\r\n");
    } else if (stage == Stage::xforward) {
        session_.stream.put(flight_.forwarded[step - (flight_.reset ? 1 : 0)]);
    } else if (stage == Stage::mail) {
        bool of_nobody = options_.dummy_mail_auth && !session_.login_mechanism.empty();
        session_.stream.put(mail_command(flight_.job, session_, of_nobody));
    } else if (stage == Stage::rcpt) {
        uint32_t place = flight_.offered[step - flight_.lead() - 1];
        session_.stream.put(
            rcpt_command(flight_.job, place, session_.offers, options_.original_recipients));
    } else if (stage == Stage::data) {
        session_.stream.put("DATA\r\n");
    } else {
        put_chunk(flight_.piece, true);
        flight_.finished = true;
    }
}

void Transaction::put_chunk(std::string_view piece, bool last) {
    session_.stream.put(base::text("BDAT ", piece.size(), last ? " LAST\r\n" : "\r\n"));
    session_.stream.put(piece);
}

void Transaction::put_ahead() {
    while (may_put())
        put(flight_.asked++);
}

void Transaction::look_ahead(Successor& successor) {
    if (looked_ahead_ || !session_.offers.pipelining)
        return;
    looked_ahead_ = true;
    session_.ahead = successor.follow(session_);
    if (session_.ahead)
        Transaction(session_, *session_.ahead, options_).put_ahead();
}

io::Task<void> Transaction::run(Successor& successor) {
    // Until the end of the content is answered a transaction may be open.
    session_.needs_reset = true;
    content_at_ = io::loop().now();
    co_await exchange_envelope(successor);
    if (session_.closing || flight_.form == Flight::Form::one_chunk)
        co_return;
    content_at_ = io::loop().now();
    if (flight_.form == Flight::Form::chunks && !flight_.accepted.empty())
        co_await send_chunks(successor);
    else if (flight_.go_ahead && !flight_.accepted.empty())
        co_await send_data(successor);
    else if (flight_.go_ahead)
        co_await send_nothing();
}

io::Task<void> Transaction::exchange_envelope(Successor& successor) {
    while (true) {
        while (may_put())
            put(flight_.asked++);
        if (flight_.finished)
            look_ahead(successor);
        if (flight_.answered == flight_.asked || session_.closing)
            co_return;
        Stage stage = stage_of(flight_.answered);
        mail::Reply reply = co_await session_.reply(stage, in_turn(limit_of(stage)));
        co_await flight_.consult(reply, options_);
        if (reply.code == 421) {
            server_closes(reply, stage);
        } else {
            answer(stage, flight_.answered, reply);
            ++flight_.answered;
        }
    }
}

void Transaction::answer(Stage stage, size_t step, const mail::Reply& reply) {
    switch (stage) {
        case Stage::reset:
            if (!reply.ok())
                throw OutOfStep("refused RSET");
            return;
        case Stage::xforward:
            if (!reply.ok())
                log::not_forwarded(said(session_.peer, reply, stage));
            return;
        case Stage::mail:
            return answer_mail(reply);
        case Stage::rcpt:
            return answer_rcpt(flight_.offered[step - flight_.lead() - 1], reply);
        case Stage::data:
            return answer_data(reply);
        default:
            return answer_end(stage, reply);
    }
}

// RFC 5321 section 3.8: 421 may come at any time, and nothing comes after it.
void Transaction::server_closes(const mail::Reply& reply, Stage stage) {
    flight_.stale = flight_.job.way().uses > 1 && flight_.unanswered();
    if (flight_.stale)
        return;
    flight_.fail(session_, flight_.unresolved(), flight_.refusal(session_, reply, stage));
    flight_.accepted.clear();
    flight_.hopeless = true;
}

void Transaction::answer_mail(const mail::Reply& reply) {
    if (reply.ok())
        return;
    flight_.fail(session_, flight_.job.open(), flight_.refusal(session_, reply, Stage::mail));
    flight_.hopeless = true;
}

void Transaction::answer_rcpt(uint32_t place, const mail::Reply& reply) {
    if (reply.go_ahead())
        throw OutOfStep(base::text("said: ", base::printable(reply.one_line())));
    if (flight_.hopeless)
        flight_.mixed_up = flight_.mixed_up || reply.ok();
    else if (reply.ok() && flight_.job.request().probe)
        flight_.job.sent({place}, reply, false);
    else if (reply.ok())
        flight_.accepted.push_back(place);
    else
        flight_.fail(session_, {place}, flight_.refusal(session_, reply, Stage::rcpt));
}

void Transaction::answer_data(const mail::Reply& reply) {
    if (reply.ok())
        throw OutOfStep(base::text("said: ", base::printable(reply.one_line())));
    flight_.go_ahead = reply.go_ahead();
    if (flight_.go_ahead || flight_.accepted.empty())
        return;
    flight_.fail(session_, flight_.accepted, flight_.refusal(session_, reply, Stage::data));
    flight_.accepted.clear();
}

void Transaction::answer_end(Stage stage, const mail::Reply& reply) {
    if (reply.go_ahead() || (reply.ok() && flight_.mixed_up))
        throw OutOfStep(base::text("said: ", base::printable(reply.one_line())));
    session_.needs_reset = !reply.ok();
    if (flight_.accepted.empty())
        return;
    if (reply.ok())
        taken(flight_.accepted, reply);
    else
        flight_.fail(session_, flight_.accepted, flight_.refusal(session_, reply, stage));
    flight_.accepted.clear();
}

void Transaction::taken(const std::vector<uint32_t>& places, const mail::Reply& reply) {
    session_.standing.succeeded();
    session_.standing.transferred(io::loop().now() - content_at_, flight_.job.size());
    flight_.job.sent(places, reply, session_.offers.dsn);
}

io::Task<void> Transaction::send_data(Successor& successor) {
    bool broken = false;
    try {
        co_await send_body();
    } catch (const io::TimedOut&) {
        throw;
    } catch (const io::Closed&) {
        broken = true;
    }
    if (broken) {
        co_await early_reply();
        co_return;
    }
    look_ahead(successor);
    co_await finish(Stage::end_of_data);
}

// The last piece stays in the buffer, for what follows it.
io::Task<void> Transaction::send_body() {
    session_.stage = Stage::body;
    ContentPace pace(options_);
    while (!flight_.finished) {
        flight_.letter.next(flight_.piece);
        session_.stream.put(flight_.piece);
        flight_.finished = flight_.letter.over();
        if (flight_.finished)
            break;
        pace.begin(session_.stream, flight_.piece.size());
        co_await session_.stream.drain(0);
        pace.sent(session_.stream);
    }
}

// The connection broke while the body went out: the server may have said why before it closed.
io::Task<void> Transaction::early_reply() {
    std::optional<mail::Reply> reply = co_await session_.last_words();
    if (!reply || reply->ok() || reply->go_ahead())
        throw io::Closed("connection closed");
    session_.over = true;
    co_await flight_.consult(*reply, options_);
    flight_.fail(session_, flight_.accepted, flight_.refusal(session_, *reply, Stage::end_of_data));
    flight_.accepted.clear();
}

// DATA was taken although no recipient was: RFC 2920 section 3.1 has us send an empty message.
io::Task<void> Transaction::send_nothing() {
    if (flight_.mixed_up || options_.lmtp)
        throw OutOfStep("accepted DATA after refusing all that goes before it");
    session_.stream.put(".\r\n");
    co_await session_.reply(Stage::end_of_data, options_.data_done);
}

io::Task<void> Transaction::send_chunks(Successor& successor) {
    size_t window = session_.offers.pipelining ? chunk_window : 0;
    size_t unanswered = 0;
    ContentPace pace(options_);
    while (!flight_.finished) {
        flight_.letter.next(flight_.piece);
        flight_.finished = flight_.letter.over();
        put_chunk(flight_.piece, flight_.finished);
        session_.stage = Stage::chunk;
        pace.begin(session_.stream, flight_.piece.size());
        co_await session_.stream.drain(Letter::piece_size);
        pace.sent(session_.stream);
        for (++unanswered; unanswered > (flight_.finished ? 1 : window); --unanswered) {
            base::Duration limit = begun_ ? options_.data_done : in_turn(options_.data_done);
            mail::Reply reply = co_await session_.reply(Stage::chunk, limit);
            begun_ = true;
            if (reply.ok())
                continue;
            co_await flight_.consult(reply, options_);
            // RFC 3030 section 2: what state the server is in now cannot be known.
            session_.over = true;
            answer_end(Stage::chunk, reply);
            co_return;
        }
    }
    look_ahead(successor);
    co_await finish(Stage::last_chunk);
}

io::Task<void> Transaction::finish(Stage stage) {
    if (options_.lmtp) {
        co_await finish_each(stage);
        co_return;
    }
    mail::Reply reply = co_await session_.reply(stage, options_.data_done);
    co_await flight_.consult(reply, options_);
    answer_end(stage, reply);
}

// RFC 2033 section 4.2: a reply for each recipient that was accepted, in the order of RCPT.
io::Task<void> Transaction::finish_each(Stage stage) {
    session_.counts_replies = flight_.accepted.size() > 1;
    while (!flight_.accepted.empty()) {
        mail::Reply reply = co_await session_.reply(stage, options_.data_done);
        if (reply.go_ahead())
            throw OutOfStep(base::text("said: ", base::printable(reply.one_line())));
        co_await flight_.consult(reply, options_);
        uint32_t place = flight_.accepted.front();
        flight_.accepted.erase(flight_.accepted.begin());
        if (reply.ok())
            taken({place}, reply);
        else
            flight_.fail(session_, {place}, flight_.refusal(session_, reply, stage));
    }
    session_.needs_reset = false;
    session_.counts_replies = false;
}

}  // namespace smtp
