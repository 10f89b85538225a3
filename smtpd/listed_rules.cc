// Restrictions that refuse addresses which do not exist here.
#include "lib/base/text.h"
#include "smtpd/access_entry.h"
#include "smtpd/policy.h"
#include "smtpd/rules.h"

namespace smtpd::rules {

namespace {

// Mail that is routed to the error or retry service: the next hop is the reason.
Verdict refuse_route(Check& check, const Subject& subject, const Destination& to) {
    bool retry = to.transport == "retry";
    bool alias = to.address_class == route::Class::virtual_alias;
    int code = retry ? 450 : alias ? check.policy().known_addresses().alias_code() : 550;
    bool sender = subject.kind == kinds::sender;
    std::string_view dsn = sender ? "5.1.0" : "5.1.1";
    std::string_view later = sender ? "4.1.0" : "4.1.1";
    StatusText status = split_status(to.nexthop, retry ? later : dsn);
    return check.reject(subject, code, fitting_status(status.dsn, subject.kind), status.text);
}

io::Task<Verdict> refuse_unlisted(Check& check, Subject subject) {
    using Listing = KnownAddresses::Listing;
    const KnownAddresses& known = check.policy().known_addresses();
    bool sender = subject.kind == kinds::sender;
    Destination to = co_await check.route(subject.name);
    if (!to.known)
        co_return check.lookup_trouble(subject.name);
    Listing rewritten = co_await known.rewritten(to, sender);
    if (rewritten.state == Listing::retry)
        co_return check.lookup_trouble(subject.name);
    if (rewritten.state == Listing::yes)
        co_return Verdict::dunno;
    if (to.transport == "error" || to.transport == "retry")
        co_return refuse_route(check, subject, to);
    Listing listing = co_await known.listed(to);
    if (listing.state == Listing::retry)
        co_return check.lookup_trouble(subject.name);
    if (listing.state == Listing::yes)
        co_return Verdict::dunno;
    co_return check.reject(subject, listing.code, sender ? "5.1.0" : "5.1.1",
                           base::text("User unknown", known.shows_table() ? " in " : "",
                                      known.shows_table() ? listing.table : std::string_view()));
}

}  // namespace

// Each is asked once a command; when it only warns, it is asked again for real.
io::Task<Verdict> reject_unlisted_sender(Check& check, const Rule&) {
    if (!check.sender || check.sender->empty() || check.sender_listed || check.discarded())
        co_return Verdict::dunno;
    check.sender_listed = !check.only_warns();
    Subject subject{*check.sender, kinds::sender};
    co_return co_await refuse_unlisted(check, std::move(subject));
}

io::Task<Verdict> reject_unlisted_recipient(Check& check, const Rule&) {
    bool off = !check.policy().limits().checks_recipients;
    if (off || !check.recipient || check.recipient_listed || check.discarded())
        co_return Verdict::dunno;
    check.recipient_listed = !check.only_warns();
    Subject subject{*check.recipient, kinds::recipient};
    co_return co_await refuse_unlisted(check, std::move(subject));
}

}  // namespace smtpd::rules
