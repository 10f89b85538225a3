// Restrictions that judge the client by its address and its name.
#include "lib/base/text.h"
#include "smtpd/policy.h"
#include "smtpd/rules.h"
#include "smtpd/session.h"

namespace smtpd::rules {

Verdict permit_mynetworks(Check& check, const Rule&) {
    return check.session().client.trusted ? Verdict::permit : Verdict::dunno;
}

Verdict permit_inet_interfaces(Check& check, const Rule&) {
    return check.session().client.own ? Verdict::permit : Verdict::dunno;
}

}  // namespace smtpd::rules
