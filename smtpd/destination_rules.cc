// Restrictions that keep strangers from relaying through this server.
#include "lib/base/text.h"
#include "lib/mail/address.h"
#include "smtpd/policy.h"
#include "smtpd/rules.h"

namespace smtpd::rules {

namespace {

// Mail to the recipient ends here, or goes where relay_domains says.
io::Task<Verdict> authorized(Check& check) {
    if (!check.recipient)
        co_return Verdict::dunno;
    Destination to = co_await check.route(*check.recipient);
    if (!to.known)
        co_return check.lookup_trouble(*check.recipient);
    if (to.address_class == route::Class::other)
        co_return Verdict::dunno;
    // The next host might send it on to anybody.
    if (check.hides_route(to))
        co_return Verdict::dunno;
    co_return Verdict::permit;
}

io::Task<Verdict> refuse_relaying(Check& check, int code, std::string_view dsn) {
    Verdict verdict = co_await authorized(check);
    if (!check.recipient || verdict == Verdict::reject)
        co_return verdict;
    if (verdict == Verdict::permit)
        co_return Verdict::dunno;
    co_return check.reject({code, std::string(dsn),
                            base::text('<', unquoted(*check.recipient), ">: Relay access denied")});
}

}  // namespace

io::Task<Verdict> permit_auth_destination(Check& check, const Rule&) {
    co_return co_await authorized(check);
}

io::Task<Verdict> reject_unauth_destination(Check& check, const Rule&) {
    co_return co_await refuse_relaying(check, check.policy().codes().relay_domains, "5.7.1");
}

io::Task<Verdict> defer_unauth_destination(Check& check, const Rule&) {
    int code = check.policy().codes().relay_domains - 100;
    co_return co_await refuse_relaying(check, code, "4.7.1");
}

}  // namespace smtpd::rules
