// RCPT: one more recipient, if this client may send to it.
#include "lib/base/text.h"
#include "smtpd/commands.h"
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

Answer too_many(Session& session, const mail::Reply& reply, std::string_view recipient) {
    log::reject(session, reply, recipient);
    Answer answer(reply);
    // RFC 5321 section 4.5.3.1.10: the client is to send the rest in another transaction, so that
    // the first refusals are no fault of its own.
    if (session.mail->overshoot++ < session.options().recipient_overshoot_limit)
        return std::move(answer).forgiven();
    return answer;
}

}  // namespace

Answer rcpt_command(Session& session, const esmtp::Command& command) {
    const Options& options = session.options();
    if (!session.mail)
        return Answer(503, "5.5.1 Error: need MAIL command");
    if (session.mail->bdat)
        return Answer(503, "5.5.1 Error: RCPT after BDAT");
    auto read = read_path(options, command, rule);
    if (auto* refusal = std::get_if<Answer>(&read))
        return std::move(*refusal);
    const auto& path = std::get<esmtp::PathArgument>(read);
    if (path.address.empty())
        return Answer(501, rule.bad_address);
    if (!path.parameters.empty()) {
        const auto& parameter = path.parameters.front();
        return Answer(555, base::text("5.5.4 Unsupported option: ", base::printable(parameter.name),
                                      parameter.value ? "=" : "",
                                      base::printable(parameter.value.value_or(""))));
    }
    if (session.mail->recipients() >= options.recipient_limit)
        return too_many(session, mail::Reply::make(452, "4.5.3 Error: too many recipients"),
                        path.address);
    if (auto refusal = session.shared.policy.refuse_recipient(session.client, path.address)) {
        log::reject(session, *refusal, path.address);
        return Answer(std::move(*refusal));
    }
    if (auto failure = name_message(session))
        return std::move(*failure);
    session.mail->add_recipient(path.address);
    return Answer(250, "2.1.5 Ok");
}

}  // namespace smtpd
