// Restrictions that ask who has logged in, and which senders are whose.
#include "lib/base/text.h"
#include "smtpd/access_entry.h"
#include "smtpd/policy.h"
#include "smtpd/rules.h"
#include "smtpd/session.h"

namespace smtpd::rules {

namespace {

// The users that own the sender, as smtpd_sender_login_maps has them.
io::Task<dict::Lookup> owners_of(Check& check, std::string sender) {
    Destination to = co_await check.route(sender);
    if (!to.known)
        co_return dict::Lookup::later("address resolver failure");
    co_return co_await check.policy().known_addresses().owners(to);
}

bool is_among(std::string_view user, const std::string& owners) {
    for (std::string_view owner : base::split(std::string_view(owners), ", \t\r\n"))
        if (base::equal_nocase(owner, user))
            return true;
    return false;
}

bool is_asked(const Check& check) {
    return check.sender && !check.sender->empty() && !check.discarded() &&
           check.policy().known_addresses().has_owners();
}

enum class Unowned { permitted, refused };

// A user writes under its own addresses only.
io::Task<Verdict> judge_user(Check& check, Unowned unowned) {
    const Login& login = check.session().login;
    if (!login.known() || !is_asked(check))
        co_return Verdict::dunno;
    dict::Lookup owners = co_await owners_of(check, *check.sender);
    if (owners.retry())
        co_return check.lookup_trouble(*check.sender);
    if (owners.none() && unowned == Unowned::permitted)
        co_return Verdict::dunno;
    if (owners.found() && is_among(login.user, owners.value))
        co_return Verdict::dunno;
    const Subject subject{*check.sender, kinds::sender};
    co_return check.reject(subject, 553, "5.7.1",
                           base::text("not owned by user ", base::printable(login.user)));
}

// Nobody but its owner writes under an address that has one.
io::Task<Verdict> judge_nobody(Check& check) {
    if (check.session().login.known() || !is_asked(check))
        co_return Verdict::dunno;
    dict::Lookup owners = co_await owners_of(check, *check.sender);
    if (owners.retry())
        co_return check.lookup_trouble(*check.sender);
    if (owners.none())
        co_return Verdict::dunno;
    const Subject subject{*check.sender, kinds::sender};
    co_return check.reject(subject, 553, "5.7.1", "not logged in");
}

}  // namespace

Verdict permit_sasl_authenticated(Check& check, const Rule&) {
    return check.session().login.known() ? Verdict::permit : Verdict::dunno;
}

io::Task<Verdict> reject_sender_login_mismatch(Check& check, const Rule&) {
    if (check.session().login.known())
        co_return co_await judge_user(check, Unowned::refused);
    co_return co_await judge_nobody(check);
}

io::Task<Verdict> reject_authenticated_sender_login_mismatch(Check& check, const Rule&) {
    co_return co_await judge_user(check, Unowned::refused);
}

io::Task<Verdict> reject_known_sender_login_mismatch(Check& check, const Rule&) {
    co_return co_await judge_user(check, Unowned::permitted);
}

io::Task<Verdict> reject_unauthenticated_sender_login_mismatch(Check& check, const Rule&) {
    co_return co_await judge_nobody(check);
}

io::Task<Verdict> check_sasl_access(Check& check, const Rule& rule) {
    const Login& login = check.session().login;
    if (!login.known())
        co_return Verdict::dunno;
    const Subject subject{base::printable(login.user), kinds::login};
    const AccessKeys keys = {{login.user, dict::Key::whole}};
    std::optional<Verdict> verdict = co_await ask_table(check, rule, keys, subject);
    co_return verdict.value_or(Verdict::dunno);
}

}  // namespace smtpd::rules
