// The restrictions that ask access tables, with the keys that each asks for.
#include "lib/base/text.h"
#include "lib/mail/address.h"
#include "smtpd/access_entry.h"
#include "smtpd/access_keys.h"
#include "smtpd/policy.h"
#include "smtpd/rules.h"
#include "smtpd/session.h"

namespace smtpd::rules {

namespace {

io::Task<Verdict> ask_host(Check& check, const Rule& rule, const std::string& name,
                           const Subject& subject) {
    const Client& client = check.session().client;
    const AccessKeys names = name_keys(name, check.policy().access().parents_match);
    std::optional<Verdict> by_name = co_await ask_table(check, rule, names, subject);
    if (by_name)
        co_return *by_name;
    const AccessKeys addresses = address_keys(client.address);
    std::optional<Verdict> by_address = co_await ask_table(check, rule, addresses, subject);
    co_return by_address.value_or(Verdict::dunno);
}

io::Task<Verdict> ask_name(Check& check, const Rule& rule, const std::string& name,
                           std::string_view kind) {
    if (name.empty())
        co_return Verdict::dunno;
    const Subject subject{name, kind};
    const AccessKeys keys = name_keys(name, check.policy().access().parents_match);
    std::optional<Verdict> verdict = co_await ask_table(check, rule, keys, subject);
    co_return verdict.value_or(Verdict::dunno);
}

}  // namespace

io::Task<Verdict> check_client_access(Check& check, const Rule& rule) {
    const Client& client = check.session().client;
    const Subject subject{client.text(), kinds::client};
    co_return co_await ask_host(check, rule, client.name, subject);
}

io::Task<Verdict> check_reverse_client_hostname_access(Check& check, const Rule& rule) {
    const Client& client = check.session().client;
    const Subject subject{client.reverse_name, kinds::reverse_client};
    co_return co_await ask_host(check, rule, client.reverse_name, subject);
}

io::Task<Verdict> check_helo_access(Check& check, const Rule& rule) {
    co_return co_await ask_name(check, rule, check.session().helo, kinds::helo);
}

io::Task<Verdict> check_etrn_access(Check& check, const Rule& rule) {
    co_return co_await ask_name(check, rule, check.subject().name, kinds::etrn);
}

io::Task<Verdict> check_sender_access(Check& check, const Rule& rule) {
    if (!check.sender)
        co_return Verdict::dunno;
    const AccessOptions& options = check.policy().access();
    const Subject subject{*check.sender, kinds::sender};
    AccessKeys keys = {{options.null_key, dict::Key::whole}};
    if (!check.sender->empty())
        keys = mail_keys(check.policy().standard_form(*check.sender), options);
    std::optional<Verdict> verdict = co_await ask_table(check, rule, keys, subject);
    co_return verdict.value_or(Verdict::dunno);
}

io::Task<Verdict> check_recipient_access(Check& check, const Rule& rule) {
    if (!check.recipient)
        co_return Verdict::dunno;
    const Subject subject{*check.recipient, kinds::recipient};
    Destination to = co_await check.route(*check.recipient);
    if (!to.known)
        co_return check.lookup_trouble(*check.recipient);
    const AccessKeys keys = mail_keys(to.recipient, check.policy().access());
    std::optional<Verdict> verdict = co_await ask_table(check, rule, keys, subject);
    // The next host might send it on to anybody, so that no table can permit it.
    if (verdict == Verdict::permit && check.hides_route(to))
        co_return Verdict::dunno;
    co_return verdict.value_or(Verdict::dunno);
}

}  // namespace smtpd::rules
