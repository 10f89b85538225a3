// Restrictions that refuse names which the DNS does not know.
#include "lib/base/text.h"
#include "lib/dns/resolver.h"
#include "lib/mail/address.h"
#include "smtpd/host_name.h"
#include "smtpd/policy.h"
#include "smtpd/rules.h"
#include "smtpd/session.h"

namespace smtpd::rules {

namespace {

enum class Existence : uint8_t { exists, takes_no_mail, unknown, retry };

bool null_mx(const dns::Answer& answer) {
    return answer.records.size() == 1 &&
           std::get<dns::Exchange>(answer.records.front().data).name.empty();
}

// Whether mail could be sent to `domain`.
io::Task<Existence> look_for(Check& check, std::string domain) {
    bool trouble = false;
    for (dns::Type type : {dns::Type::mx, dns::Type::a, dns::Type::aaaa}) {
        dns::Answer answer = co_await check.policy().resolver().ask(domain, type);
        if (answer.state == dns::Answer::State::found) {
            bool refused = type == dns::Type::mx && null_mx(answer);
            co_return refused ? Existence::takes_no_mail : Existence::exists;
        }
        trouble = trouble || answer.state == dns::Answer::State::retry ||
                  answer.state == dns::Answer::State::fatal;
    }
    co_return trouble ? Existence::retry : Existence::unknown;
}

// Nobody knows now: the mail is deferred, at once or if nothing else refuses it.
Verdict defer_unknown(Check& check, bool at_once, Refusal refusal) {
    return at_once ? check.reject(std::move(refusal)) : check.defer_if_permit(std::move(refusal));
}

Verdict judge_domain(Check& check, const Subject& subject, std::string_view domain,
                     Existence existence) {
    bool sender = subject.kind == kinds::sender;
    std::string_view dsn = sender ? "4.1.8" : "4.1.2";
    const Codes& codes = check.policy().codes();
    switch (existence) {
        case Existence::exists:
            break;
        case Existence::takes_no_mail:  // RFC 7505 section 4
            return check.reject(subject, sender ? 550 : 556, sender ? "5.7.27" : "5.1.10",
                                base::text("Domain ", domain, " does not accept mail (nullMX)"));
        case Existence::unknown:
            return check.reject(subject, codes.unknown_address, dsn, "Domain not found");
        case Existence::retry:
            return defer_unknown(check, check.policy().limits().unknown_address_defers,
                                 {450, std::string(dsn), told(subject, "Domain not found")});
    }
    return Verdict::dunno;
}

// Domains whose mail ends here need no DNS.
io::Task<Verdict> reject_unknown_domain(Check& check, Subject subject) {
    if (subject.name.empty())
        co_return Verdict::dunno;
    Destination to = co_await check.route(subject.name);
    if (!to.known)
        co_return check.lookup_trouble(subject.name);
    std::string domain(mail::domain_of(to.recipient));
    bool final = to.address_class != route::Class::other && to.address_class != route::Class::relay;
    if (final || domain.empty() || domain.starts_with('['))
        co_return Verdict::dunno;
    Existence existence = co_await look_for(check, domain);
    co_return judge_domain(check, subject, domain, existence);
}

}  // namespace

io::Task<Verdict> reject_unknown_sender_domain(Check& check, const Rule&) {
    Subject subject{check.sender.value_or(""), kinds::sender};
    co_return co_await reject_unknown_domain(check, std::move(subject));
}

io::Task<Verdict> reject_unknown_recipient_domain(Check& check, const Rule&) {
    Subject subject{check.recipient.value_or(""), kinds::recipient};
    co_return co_await reject_unknown_domain(check, std::move(subject));
}

io::Task<Verdict> reject_unknown_helo_hostname(Check& check, const Rule& rule) {
    const Subject helo{check.session().helo, kinds::helo};
    if (helo.name.empty() || helo.name.starts_with('['))
        co_return reject_invalid_helo_hostname(check, rule);
    Existence existence = co_await look_for(check, helo.name);
    if (existence == Existence::unknown)
        co_return check.reject(helo, check.policy().codes().unknown_hostname, "4.7.1",
                               "Host not found");
    if (existence == Existence::retry)
        co_return defer_unknown(check, check.policy().limits().unknown_helo_defers,
                                {450, "4.7.1", told(helo, "Host not found")});
    co_return Verdict::dunno;
}

}  // namespace smtpd::rules
