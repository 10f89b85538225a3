#include "smtpd/message_actions.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/mail/header_line.h"
#include "smtpd/commands.h"
#include "smtpd/policy.h"
#include "smtpd/session.h"

namespace smtpd::actions {

namespace {

// The transaction that `action` is about, if it is of one.
Transaction* message_of(Check& check, const Said& said, std::string_view action) {
    bool early = said.subject.kind == kinds::client || said.subject.kind == kinds::helo;
    if (early && !check.policy().limits().delay_reject) {
        base::log::warning(base::text(
            "access table ", said.entry.table, ": with smtpd_delay_reject=no, action ", action,
            " is always skipped in ", kinds::client, " or ", kinds::helo, " restrictions"));
        return nullptr;
    }
    return check.session().mail.get();
}

// "<name>: kind triggers ACTION text"
void tell(Check& check, const Said& said, std::string_view what, std::string_view text) {
    check.log(what, base::text('<', said.subject.name, ">: ", said.subject.kind, ' ', text));
}

Verdict wrong(const Said& said, std::string_view why) {
    base::log::warning(
        base::text("access table ", said.entry.table, " entry \"", said.entry.key, "\" ", why));
    return Verdict::dunno;
}

bool is_header(std::string_view text) {
    std::string_view name = mail::header_name(text);
    return !name.empty() && text[name.size()] == ':';
}

// The transaction whose mail is to go to the address that `said` names. None where it has none.
Transaction* sent_elsewhere(Check& check, const Said& said, std::string_view action) {
    Transaction* mail = message_of(check, said, action);
    if (mail == nullptr)
        return nullptr;
    if (said.text.find('@') == said.text.npos) {
        wrong(said, "requires user@domain target");
        return nullptr;
    }
    tell(check, said, base::lower(action), base::text("triggers ", action, ' ', said.text));
    return mail;
}

}  // namespace

Verdict hold(Check& check, const Said& said) {
    Transaction* mail = message_of(check, said, "HOLD");
    if (mail == nullptr || mail->orders.hold)
        return Verdict::dunno;
    tell(check, said, "hold", said.text.empty() ? "triggers HOLD action" : said.text);
    mail->orders.hold = true;
    return Verdict::dunno;
}

// Claims success, and throws the message away for all recipients.
Verdict discard(Check& check, const Said& said) {
    Transaction* mail = message_of(check, said, "DISCARD");
    if (mail == nullptr)
        return Verdict::dunno;
    tell(check, said, "discard", said.text.empty() ? "triggers DISCARD action" : said.text);
    mail->discarded = true;
    return Verdict::permit;
}

Verdict filter(Check& check, const Said& said) {
    Transaction* mail = message_of(check, said, "FILTER");
    if (mail == nullptr)
        return Verdict::dunno;
    if (said.text.empty())
        return wrong(said, "has FILTER entry without value");
    if (said.text.find(':') == said.text.npos)
        return wrong(said, "requires transport:destination");
    tell(check, said, "filter", base::text("triggers FILTER ", said.text));
    mail->orders.filter = said.text;
    return Verdict::dunno;
}

Verdict redirect(Check& check, const Said& said) {
    if (Transaction* mail = sent_elsewhere(check, said, "REDIRECT"))
        mail->orders.redirect = said.text;
    return Verdict::dunno;
}

Verdict copy(Check& check, const Said& said) {
    Transaction* mail = sent_elsewhere(check, said, "BCC");
    if (mail == nullptr)
        return Verdict::dunno;
    std::vector<std::string>& copies = mail->orders.copies;
    if (std::find(copies.begin(), copies.end(), said.text) == copies.end())
        copies.emplace_back(said.text);
    return Verdict::dunno;
}

Verdict prepend(Check& check, const Said& said) {
    Transaction* mail = message_of(check, said, "PREPEND");
    if (mail == nullptr)
        return Verdict::dunno;
    if (check.session().where == end_of_message_name) {
        base::log::warning(base::text("access table ", said.entry.table,
                                      ": action PREPEND must be used before ",
                                      end_of_message_name));
        return Verdict::dunno;
    }
    if (!is_header(said.text))
        return wrong(said, "requires header: text");
    base::append(mail->prepended, said.text, "\r\n");
    return Verdict::dunno;
}

}  // namespace smtpd::actions
