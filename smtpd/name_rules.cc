// Restrictions that look at the form of names and addresses.
#include "lib/base/text.h"
#include "lib/mail/address.h"
#include "smtpd/host_name.h"
#include "smtpd/policy.h"
#include "smtpd/rules.h"
#include "smtpd/session.h"

namespace smtpd::rules {

namespace {

// A dot at the end says that a name is complete.
std::string_view without_last_dot(std::string_view name) {
    bool dot = name.ends_with('.') && !name.ends_with("..");
    return name.substr(0, name.size() - dot);
}

bool fully_qualified(std::string_view name) {
    std::string_view bare = without_last_dot(name);
    return valid_host_name(bare) && bare.find('.') != bare.npos;
}

// A HELO name that is an address in brackets.
Verdict reject_bad_literal(Check& check, const Subject& helo) {
    if (valid_address_literal(helo.name))
        return Verdict::dunno;
    return check.reject(helo, check.policy().codes().invalid_hostname, "5.5.2",
                        "invalid ip address");
}

Verdict reject_non_fqdn_address(Check& check, const Subject& address) {
    if (address.name.empty())
        return Verdict::dunno;
    std::string_view domain = mail::domain_of(address.name);
    if (domain.starts_with('[') || fully_qualified(domain))
        return Verdict::dunno;
    return check.reject(address, check.policy().codes().non_fqdn, "5.5.2",
                        "need fully-qualified address");
}

}  // namespace

Verdict reject_invalid_helo_hostname(Check& check, const Rule&) {
    const Subject helo = {check.session().helo, kinds::helo};
    if (helo.name.empty())
        return Verdict::dunno;
    if (helo.name.starts_with('['))
        return reject_bad_literal(check, helo);
    std::string_view bare = without_last_dot(helo.name);
    if (valid_host_name(bare) || valid_address(bare))
        return Verdict::dunno;
    return check.reject(helo, check.policy().codes().invalid_hostname, "5.5.2", "Invalid name");
}

Verdict reject_non_fqdn_helo_hostname(Check& check, const Rule&) {
    const Subject helo = {check.session().helo, kinds::helo};
    if (helo.name.empty())
        return Verdict::dunno;
    if (helo.name.starts_with('['))
        return reject_bad_literal(check, helo);
    if (fully_qualified(helo.name))
        return Verdict::dunno;
    return check.reject(helo, check.policy().codes().non_fqdn, "5.5.2",
                        "need fully-qualified hostname");
}

Verdict reject_non_fqdn_sender(Check& check, const Rule&) {
    return reject_non_fqdn_address(check, {check.sender.value_or(""), kinds::sender});
}

Verdict reject_non_fqdn_recipient(Check& check, const Rule&) {
    return reject_non_fqdn_address(check, {check.recipient.value_or(""), kinds::recipient});
}

}  // namespace smtpd::rules
