#include "smtpd/judge.h"

#include "lib/base/text.h"
#include "smtpd/check.h"
#include "smtpd/log.h"
#include "smtpd/policy.h"
#include "smtpd/rules.h"
#include "smtpd/session.h"

namespace smtpd {

namespace {

// Asks one stage. `before` is what an earlier stage left, `after` what this one leaves.
io::Task<Verdict> step(Check& check, Stage stage, Subject subject,
                       const std::optional<Refusal>& before, std::optional<Refusal>& after) {
    check.if_permitted = before;
    check.if_rejected.reset();
    Verdict verdict = co_await check.apply(check.policy().rules().of(stage), std::move(subject));
    after = check.if_permitted;
    co_return verdict;
}

io::Task<Verdict> client_step(Check& check) {
    static const std::optional<Refusal> nothing;
    Session& session = check.session();
    Subject client{session.client.text(), kinds::client};
    co_return co_await step(check, Stage::client, std::move(client), nothing,
                            session.access.after_client);
}

io::Task<Verdict> helo_step(Check& check) {
    Session& session = check.session();
    session.access.after_helo = session.access.after_client;
    if (session.helo.empty())
        co_return Verdict::dunno;
    Subject helo{session.helo, kinds::helo};
    co_return co_await step(check, Stage::helo, std::move(helo), session.access.after_client,
                            session.access.after_helo);
}

io::Task<Verdict> sender_step(Check& check) {
    Session& session = check.session();
    session.access.after_sender = session.access.after_helo;
    if (!check.sender)
        co_return Verdict::dunno;
    Subject sender{*check.sender, kinds::sender};
    Verdict verdict = co_await step(check, Stage::sender, std::move(sender),
                                    session.access.after_helo, session.access.after_sender);
    if (verdict == Verdict::reject || !check.policy().limits().reject_unlisted_sender)
        co_return verdict;
    static const Rule implied;
    co_return co_await rules::reject_unlisted_sender(check, implied);
}

// What was put off until a later refusal, or until now.
Verdict settle(Check& check, Verdict verdict) {
    if (verdict == Verdict::reject || !check.if_permitted)
        return verdict;
    check.if_rejected.reset();
    return check.reject(*check.if_permitted);
}

Objection objection(const Check& check, Verdict verdict) {
    return verdict == Verdict::reject ? check.reply() : std::nullopt;
}

io::Task<Verdict> delayed_steps(Check& check) {
    Verdict client = co_await client_step(check);
    if (client == Verdict::reject)
        co_return client;
    Verdict helo = co_await helo_step(check);
    if (helo == Verdict::reject)
        co_return helo;
    co_return co_await sender_step(check);
}

io::Task<Verdict> recipient_steps(Check& check) {
    const Policy& policy = check.policy();
    check.if_permitted = check.session().access.after_sender;
    check.if_rejected.reset();
    bool relay_first = policy.limits().relay_before_recipient;
    Stage order[] = {relay_first ? Stage::relay : Stage::recipient,
                     relay_first ? Stage::recipient : Stage::relay};
    for (Stage stage : order) {
        Subject recipient{*check.recipient, kinds::recipient};
        const Rules& rules = policy.rules().of(stage);
        Verdict verdict = co_await check.apply(rules, std::move(recipient));
        if (verdict == Verdict::reject)
            co_return verdict;
    }
    Verdict verdict = settle(check, Verdict::dunno);
    if (verdict == Verdict::reject || !policy.limits().reject_unlisted_recipient)
        co_return verdict;
    static const Rule implied;
    co_return co_await rules::reject_unlisted_recipient(check, implied);
}

io::Task<Verdict> all_recipient_steps(Check& check) {
    const Policy& policy = check.policy();
    if (policy.limits().delay_reject &&
        (policy.limits().reject_unlisted_sender || policy.rules().any_before_recipients())) {
        Verdict earlier = co_await delayed_steps(check);
        if (earlier == Verdict::reject)
            co_return earlier;
    }
    co_return co_await recipient_steps(check);
}

io::Task<Verdict> etrn_steps(Check& check, Subject domain) {
    if (check.policy().limits().delay_reject) {
        Verdict earlier = co_await delayed_steps(check);
        if (earlier == Verdict::reject)
            co_return earlier;
    }
    check.if_permitted = check.session().access.after_helo;
    check.if_rejected.reset();
    const Rules& rules = check.policy().rules().of(Stage::etrn);
    Verdict verdict = co_await check.apply(rules, std::move(domain));
    co_return settle(check, verdict);
}

void know_mail(Check& check) {
    const Session& session = check.session();
    if (!session.mail)
        return;
    check.sender = session.mail->given_sender();
    check.recipients = session.mail->recipients();
}

// The stages behind RCPT name a recipient only where there is but one.
io::Task<Objection> judge_content(Session& session, Stage stage, Subject subject) {
    const Rules& rules = session.shared.policy.rules().of(stage);
    if (rules.empty())
        co_return std::nullopt;
    Check check(session, session.shared.policy);
    know_mail(check);
    if (check.recipients == 1)
        check.recipient = session.mail->envelope().recipients.front().address;
    Verdict verdict = co_await check.apply(rules, std::move(subject));
    co_return objection(check, settle(check, verdict));
}

}  // namespace

io::Task<Objection> judge_client(Session& session) {
    if (session.shared.policy.limits().delay_reject)
        co_return std::nullopt;
    Check check(session, session.shared.policy);
    Verdict verdict = co_await client_step(check);
    co_return objection(check, verdict);
}

io::Task<Objection> judge_helo(Session& session) {
    if (session.shared.policy.limits().delay_reject)
        co_return std::nullopt;
    Check check(session, session.shared.policy);
    Verdict verdict = co_await helo_step(check);
    co_return objection(check, verdict);
}

io::Task<Objection> judge_sender(Session& session, std::string sender) {
    if (session.shared.policy.limits().delay_reject)
        co_return std::nullopt;
    Check check(session, session.shared.policy);
    check.sender = std::move(sender);
    Verdict verdict = co_await sender_step(check);
    co_return objection(check, verdict);
}

io::Task<Objection> judge_recipient(Session& session, std::string recipient) {
    if (base::equal_nocase(recipient, "postmaster"))  // RFC 5321 section 4.5.1
        co_return std::nullopt;
    Check check(session, session.shared.policy);
    know_mail(check);
    check.recipient = std::move(recipient);
    Destination to = co_await check.route(*check.recipient);
    if (to.malformed) {
        log::bad_address(session, base::text('<', *check.recipient, '>'));
        co_return mail::Reply::make(501, "5.1.3 Bad recipient address syntax");
    }
    Verdict verdict = co_await all_recipient_steps(check);
    co_return objection(check, verdict);
}

io::Task<Objection> judge_data(Session& session) {
    Subject subject{"DATA", kinds::data};
    co_return co_await judge_content(session, Stage::data, std::move(subject));
}

io::Task<Objection> judge_end_of_data(Session& session) {
    Subject subject{"END-OF-MESSAGE", kinds::end_of_data};
    co_return co_await judge_content(session, Stage::end_of_data, std::move(subject));
}

io::Task<Objection> judge_etrn(Session& session, std::string domain) {
    Check check(session, session.shared.policy);
    Subject subject{std::move(domain), kinds::etrn};
    Verdict verdict = co_await etrn_steps(check, std::move(subject));
    co_return objection(check, verdict);
}

}  // namespace smtpd
