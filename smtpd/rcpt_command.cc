// RCPT: one more recipient, if this client may send to it.
#include "lib/base/text.h"
#include "lib/mail/dsn_parameters.h"
#include "smtpd/commands.h"
#include "smtpd/judge.h"
#include "smtpd/log.h"

namespace smtpd {

namespace {

constexpr PathRule rule = {"TO", "5.5.4 Syntax: RCPT TO:<address>",
                           "5.1.3 Bad recipient address syntax"};

// The first recipient gives the message its name.
std::optional<Answer> name_message(Session& session) {
    if (!session.mail->queue_id().empty())
        return std::nullopt;
    try {
        session.mail->name(session.shared.writer.next_id());
    } catch (const spool::Refused& refusal) {
        log::not_stored(session.queue_id(), refusal.what());
        return Answer(451, "4.3.0 Error: queue file write error");
    }
    log::client(session);
    return std::nullopt;
}

std::optional<Answer> too_many(Session& session, std::string_view recipient) {
    if (session.mail->recipients() < session.options().recipient_limit)
        return std::nullopt;
    mail::Reply reply = mail::Reply::make(452, "4.5.3 Error: too many recipients");
    log::reject(session, reply, recipient);
    Answer answer(std::move(reply));
    // RFC 5321 section 4.5.3.1.10: the client is to send the rest in another transaction, so that
    // the first refusals are no fault of its own.
    if (session.mail->overshoot++ < session.options().recipient_overshoot_limit)
        return std::move(answer).forgiven();
    return answer;
}

// What the client wants to hear of a recipient's delivery (RFC 3461 sections 4.1 and 4.2).
struct Reports {
    uint32_t notify = 0;
    std::string orcpt;  // as received
};

std::optional<Answer> read_parameter(const Session& session, Reports& reports,
                                     const esmtp::Parameter& parameter) {
    bool dsn = parameter.value && !session.discards("dsn");
    if (dsn && base::equal_nocase(parameter.name, "notify")) {
        auto notify = mail::parse_notify(*parameter.value);
        if (!notify || reports.notify != 0)
            return Answer(501, "5.5.4 Error: Bad NOTIFY parameter syntax");
        reports.notify = *notify;
        return std::nullopt;
    }
    if (dsn && base::equal_nocase(parameter.name, "orcpt")) {
        if (!reports.orcpt.empty() || !mail::valid_orcpt(*parameter.value))
            return Answer(501, "5.5.4 Error: Bad ORCPT parameter syntax");
        reports.orcpt = *parameter.value;
        return std::nullopt;
    }
    return Answer(
        555, base::text("5.5.4 Unsupported option: ", base::printable(parameter.name),
                        parameter.value ? "=" : "", base::printable(parameter.value.value_or(""))));
}

std::optional<Answer> out_of_order(const Session& session) {
    if (!session.mail)
        return Answer(503, "5.5.1 Error: need MAIL command");
    if (session.mail->bdat)
        return Answer(503, "5.5.1 Error: RCPT after BDAT");
    return std::nullopt;
}

}  // namespace

io::Task<Answer> rcpt_command(Session& session, const esmtp::Command& command) {
    if (auto refusal = out_of_order(session))
        co_return std::move(*refusal);
    auto read = read_path(session, command, rule);
    if (auto* refusal = std::get_if<Answer>(&read))
        co_return std::move(*refusal);
    const auto& path = std::get<esmtp::PathArgument>(read);
    if (path.address.empty())
        co_return Answer(501, rule.bad_address);
    Objection crowd = co_await limit_recipient(session);
    if (crowd)
        co_return Answer(std::move(*crowd));
    Reports reports;
    for (const auto& parameter : path.parameters)
        if (auto refusal = read_parameter(session, reports, parameter))
            co_return std::move(*refusal);
    if (auto refusal = too_many(session, path.address))
        co_return std::move(*refusal);
    Objection objection = co_await judge_recipient(session, path.address);
    if (objection)
        co_return Answer(std::move(*objection));
    if (auto failure = name_message(session))
        co_return std::move(*failure);
    session.mail->add_recipient(path.address, reports.notify, reports.orcpt);
    co_return Answer(250, "2.1.5 Ok");
}

}  // namespace smtpd
