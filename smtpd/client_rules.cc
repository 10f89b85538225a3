// Restrictions that judge the client by its address and its name.
#include "lib/base/text.h"
#include "smtpd/policy.h"
#include "smtpd/rules.h"
#include "smtpd/session.h"

namespace smtpd::rules {

namespace {

bool is_trouble(NameState state) {
    return state == NameState::temporary;
}

Verdict reject_nameless(Check& check, NameState state, std::string_view what) {
    if (state == NameState::ok)
        return Verdict::dunno;
    int code = is_trouble(state) ? 450 : check.policy().codes().unknown_client;
    return check.reject({code, "4.7.1",
                         base::text("Client host rejected: cannot find your ", what, ", [",
                                    check.session().client.address, ']')});
}

}  // namespace

Verdict permit_mynetworks(Check& check, const Rule&) {
    const Client& client = check.session().client;
    if (client.trusted == dict::MatchList::Match::retry)
        return check.lookup_trouble(client.text());
    return client.trusted == dict::MatchList::Match::yes ? Verdict::permit : Verdict::dunno;
}

Verdict reject_unknown_client_hostname(Check& check, const Rule&) {
    return reject_nameless(check, check.session().client.name_state, "hostname");
}

Verdict reject_unknown_reverse_client_hostname(Check& check, const Rule&) {
    return reject_nameless(check, check.session().client.reverse_state, "reverse hostname");
}

Verdict permit_inet_interfaces(Check& check, const Rule&) {
    return check.session().client.own ? Verdict::permit : Verdict::dunno;
}

}  // namespace smtpd::rules
