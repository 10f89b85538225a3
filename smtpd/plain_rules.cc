// Restrictions that judge nothing but the moment.
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/restrictions.h"
#include "lib/io/sleep.h"
#include "smtpd/policy.h"
#include "smtpd/rules.h"
#include "smtpd/session.h"

namespace smtpd::rules {

Verdict permit(Check&, const Rule&) {
    return Verdict::permit;
}

Verdict reject(Check& check, const Rule&) {
    return check.reject(check.subject(), check.policy().codes().reject, "5.7.1", "Access denied");
}

Verdict defer(Check& check, const Rule&) {
    return check.reject(check.subject(), check.policy().codes().defer, "4.3.2", "Try again later");
}

Verdict defer_if_permit(Check& check, const Rule&) {
    return check.defer_if_permit(
        {450, "4.7.0", told(check.subject(), "defer_if_permit requested")});
}

Verdict defer_if_reject(Check& check, const Rule&) {
    return check.defer_if_reject(
        {450, "4.7.0", told(check.subject(), "defer_if_reject requested")});
}

Verdict nobody(Check&, const Rule&) {
    return Verdict::dunno;
}

Verdict unknown(Check& check, const Rule& rule) {
    if (rule.name.find(':') != rule.name.npos)
        base::log::warning(
            base::text("specify one of (check_client_access, "
                       "check_reverse_client_hostname_access, check_helo_access, "
                       "check_sender_access, check_recipient_access, "
                       "check_etrn_access) before ",
                       check.subject().kind, " restriction \"", rule.name, '"'));
    else if (config::find_restriction(rule.name) != nullptr)
        base::log::warning(base::text("restriction ", rule.name,
                                      " of an access table is not built yet or needs a table"));
    else
        base::log::warning(base::text("unknown smtpd restriction: \"", rule.name, '"'));
    return check.misconfigured();
}

// Input that waits behind a command that was to be the last of its group.
Verdict reject_unauth_pipelining(Check& check, const Rule&) {
    const Session& session = check.session();
    bool alone = session.protocol != "ESMTP" || session.where == "DATA";
    if (!alone || session.stream.buffered().empty())
        return Verdict::dunno;
    return check.reject(check.subject(), 503, "5.5.0", "Improper use of SMTP command pipelining");
}

Verdict reject_multi_recipient_bounce(Check& check, const Rule&) {
    if (check.sender != "" || check.recipients < 2)
        return Verdict::dunno;
    return check.reject(check.subject(), check.policy().codes().multi_recipient_bounce, "5.5.3",
                        "Multi-recipient bounce");
}

io::Task<Verdict> sleep(Check&, const Rule& rule) {
    base::Duration pause = std::chrono::seconds(*base::number<uint32_t>(rule.argument));
    co_await io::sleep(pause);
    co_return Verdict::dunno;
}

}  // namespace smtpd::rules
