#include "smtpd/check.h"

#include <utility>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/mail/address.h"
#include "smtpd/log.h"
#include "smtpd/policy.h"
#include "smtpd/session.h"

namespace smtpd {

namespace {

constexpr int deepest = 100;  // rules from tables within rules from tables

// "550 5.1.1 text": the class of the status follows the code.
mail::Reply reply_of(const Refusal& refusal) {
    std::string dsn = refusal.dsn;
    if (!dsn.empty())
        dsn[0] = static_cast<char>('0' + refusal.code / 100);
    return mail::Reply::make(
        refusal.code, base::text(dsn, dsn.empty() ? "" : " ", base::printable(refusal.text)));
}

// Whom a restriction that permits is about.
Subject permitted_subject(const Check& check, std::string_view restriction) {
    static constexpr std::string_view about_clients[] = {
        "permit_mynetworks", "permit_inet_interfaces", "permit_sasl_authenticated"};
    for (std::string_view name : about_clients)
        if (name == restriction)
            return {check.session().client.text(), kinds::client};
    if (restriction == "permit_auth_destination")
        return {check.recipient.value_or(""), kinds::recipient};
    return check.subject();
}

}  // namespace

std::string unquoted(std::string_view address) {
    std::optional<mail::Mailbox> mailbox;
    if (address.starts_with('"'))
        mailbox = mail::Mailbox::parse(address);
    if (!mailbox)
        return std::string(address);
    return base::text(mailbox->local, mailbox->domain.empty() ? "" : "@", mailbox->domain);
}

std::string told(const Subject& subject, std::string_view why) {
    return base::text('<', unquoted(subject.name), ">: ", subject.kind, " rejected: ", why);
}

io::Task<Verdict> Check::apply(const Rules& rules, Subject subject) {
    subject_ = std::move(subject);
    only_warns_ = false;
    if (rules.empty())
        co_return Verdict::dunno;
    co_return co_await ask(rules);
}

io::Task<Verdict> Check::apply_result(const Rules& rules, const Subject& subject) {
    if (depth_ >= deepest) {
        base::log::warning(
            base::text("access table entry for ", subject.name, " causes unreasonable recursion"));
        co_return misconfigured();
    }
    ++depth_;
    Subject outer = std::exchange(subject_, subject);
    Verdict verdict = co_await ask(rules);
    subject_ = std::move(outer);
    --depth_;
    co_return verdict;
}

// warn_if_reject holds for the next restriction, and for all of a class where that is one.
io::Task<Verdict> Check::ask(const Rules& rules) {
    const bool outer = only_warns_;
    Verdict verdict = Verdict::dunno;
    for (const Rule& rule : rules) {
        if (discarded())
            break;
        if (rule.name == "warn_if_reject") {
            only_warns_ = true;
            continue;
        }
        Verdict one = co_await ask_one(rule);
        verdict = one;
        only_warns_ = outer;
        if (verdict != Verdict::dunno || (if_permitted && if_rejected))
            break;
    }
    only_warns_ = outer;
    co_return verdict;
}

io::Task<Verdict> Check::ask_one(const Rule& rule) {
    Verdict verdict = Verdict::dunno;
    if (rule.inner != nullptr)
        co_return co_await ask(*rule.inner);
    if (rule.decide != nullptr) {
        verdict = rule.decide(*this, rule);
    } else {
        Verdict found = co_await rule.look_up(*this, rule);
        verdict = found;
    }
    // Tables say what they permit themselves.
    if (verdict != Verdict::permit || rule.table != nullptr || policy_.logged_permits().empty())
        co_return verdict;
    const Subject about = permitted_subject(*this, rule.name);
    co_return co_await permit(rule.name, about, "");
}

io::Task<Verdict> Check::permit(std::string_view action, const Subject& subject,
                                std::string_view table) {
    const dict::MatchList& logged = policy_.logged_permits();
    if (logged.empty())
        co_return Verdict::permit;
    dict::MatchList::Answer listed = co_await logged.match(action);
    if (listed.yes())
        log("permit", base::text("action=", action, " for ", subject.kind, '=', subject.name, ' ',
                                 table.empty() ? "" : "from ", table));
    co_return Verdict::permit;
}

void Check::log(std::string_view what, std::string_view text) const {
    log::access(session_, what, text, {sender, recipient});
}

Verdict Check::reject(Refusal refusal) {
    bool warn = only_warns_ && !refusal.trouble;
    // What could not be found out earlier might have permitted this: it is deferred instead.
    if (!warn && if_rejected && refusal.code / 100 == 5) {
        Refusal instead = *std::exchange(if_rejected, std::nullopt);
        only_warns_ = false;
        return reject(std::move(instead));
    }
    mail::Reply reply = reply_of(refusal);
    log(warn ? "reject_warning" : "reject", reply.one_line());
    if (warn)
        return Verdict::dunno;
    reply_ = std::move(reply);
    return Verdict::reject;
}

Verdict Check::reject(const Subject& subject, int code, std::string_view dsn,
                      std::string_view why) {
    return reject({code, std::string(dsn), told(subject, why)});
}

// The first reason is kept.
Verdict Check::defer_if_permit(Refusal refusal) {
    if (only_warns_)
        return reject(std::move(refusal));
    if (!if_permitted)
        if_permitted = std::move(refusal);
    return Verdict::dunno;
}

Verdict Check::defer_if_reject(Refusal refusal) {
    if (!only_warns_ && !if_rejected)
        if_rejected = std::move(refusal);
    return Verdict::dunno;
}

Verdict Check::lookup_trouble(std::string_view address) {
    return reject(
        {451, "4.3.0", base::text('<', unquoted(address), ">: Temporary lookup failure"), true});
}

Verdict Check::misconfigured() {
    return reject({451, "4.3.5", "Server configuration error", true});
}

bool Check::discarded() const {
    return session_.mail && session_.mail->discarded;
}

bool Check::hides_route(const Destination& to) const {
    return to.hides_route && !policy_.limits().allow_untrusted_routing;
}

io::Task<Destination> Check::route(std::string address) {
    auto known = routes_.find(address);
    if (known != routes_.end())
        co_return known->second;
    std::string from = sender.value_or("");
    std::string standard = policy_.standard_form(address);
    Destination routed = co_await policy_.route(from, standard);
    routes_.emplace(std::move(address), routed);
    co_return routed;
}

}  // namespace smtpd
