// DATA: the content up to CRLF.CRLF.
#include "lib/base/text.h"
#include "smtpd/commands.h"
#include "smtpd/judge.h"
#include "smtpd/log.h"

namespace smtpd {

namespace {

std::optional<Answer> refuse_data(const Session& session, const esmtp::Command& command) {
    if (!session.mail)
        return Answer(503, "5.5.1 Error: need RCPT command");
    if (session.mail->bdat)
        return Answer(503, "5.5.1 Error: DATA after BDAT");
    if (session.mail->recipients() == 0)
        return Answer(554, "5.5.1 Error: no valid recipients");
    if (!command.args.empty())
        return Answer(501, "5.5.4 Syntax: DATA");
    return std::nullopt;
}

// Reads all content; false where it ended early at a bare LF that is not allowed.
io::Task<bool> receive(Session& session) {
    esmtp::EndOfData end;
    while (!end.done()) {
        if (session.stream.buffered().empty()) {
            bool more = co_await session.stream.fill();
            if (!more)
                throw io::Closed("lost connection");
        }
        std::string content;  // not kept while this waits for the client
        size_t used = end.feed(session.stream.buffered(), content);
        session.stream.consume(used);
        session.content_came(used);
        session.bare_lf_seen = session.bare_lf_seen || end.bare_lf();
        if (end.bare_lf() && session.forbids_bare_lf(BareLf::reject))
            co_return false;
        if (!session.mail->discarded)
            co_await session.mail->add_content(content);
    }
    co_return true;
}

}  // namespace

io::Task<Answer> data_command(Session& session, const esmtp::Command& command) {
    auto refusal = refuse_data(session, command);
    if (refusal)
        co_return std::move(*refusal);
    Objection objection = co_await judge_data(session);
    if (objection)
        co_return Answer(std::move(*objection));
    session.stream.put("354 End data with <CR><LF>.<CR><LF>\r\n");
    session.begin_request();
    session.in_content = true;
    bool complete = co_await receive(session);
    session.in_content = false;
    if (!complete)
        co_return bare_lf_refused(session);
    std::string ok = base::text("2.0.0 Ok: queued as ", session.queue_id());
    co_return co_await end_of_message(session, ok);
}

Answer bare_lf_refused(Session& session) {
    session.reset_mail();
    log::ended(session, "bare <LF> received");
    const Options& options = session.options();
    return Answer(options.bare_lf_reject_code,
                  base::text("5.5.2 ", options.myhostname, " Error: bare <LF> received"))
        .ending();
}

static io::Task<std::optional<mail::Reply>> store(Transaction& mail) {
    if (mail.discarded)
        co_return std::nullopt;
    co_return co_await mail.commit();
}

io::Task<Answer> end_of_message(Session& session, std::string_view ok_text) {
    session.where = end_of_message_name;
    Objection objection = co_await judge_end_of_data(session);
    if (objection) {
        session.reset_mail();
        co_return Answer(std::move(*objection));
    }
    std::optional<mail::Reply> refusal = co_await store(*session.mail);
    if (refusal)
        log::reject(session, *refusal, "");
    session.reset_mail();
    if (refusal)
        co_return Answer(std::move(*refusal));
    session.errors = session.junk = 0;
    co_return Answer(250, ok_text);
}

}  // namespace smtpd
