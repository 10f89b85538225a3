// The restrictions that ask access tables for hosts which the DNS has for a name:
// check_…_mx_access, check_…_ns_access, check_…_a_access.
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dns/resolver.h"
#include "lib/mail/address.h"
#include "smtpd/access_entry.h"
#include "smtpd/access_keys.h"
#include "smtpd/host_name.h"
#include "smtpd/policy.h"
#include "smtpd/rules.h"
#include "smtpd/session.h"

namespace smtpd::rules {

namespace {

using Hosts = std::vector<std::string>;

// What a restriction is about: "check_sender_mx_access" is about the sender.
struct Side {
    std::string_view prefix;
    std::string_view kind;
};
constexpr Side sides[] = {
    {"check_client_", kinds::client},
    {"check_reverse_client_hostname_", kinds::reverse_client},
    {"check_helo_", kinds::helo},
    {"check_sender_", kinds::sender},
    {"check_recipient_", kinds::recipient},
};

struct ServerKind {
    std::string_view suffix;
    dns::Type type;
    std::string_view name;
};
constexpr ServerKind server_kinds[] = {
    {"_mx_access", dns::Type::mx, "MX"},
    {"_ns_access", dns::Type::ns, "NS"},
    {"_a_access", dns::Type::a, "A"},
};

const ServerKind& server_kind(std::string_view restriction) {
    for (const ServerKind& kind : server_kinds)
        if (restriction.ends_with(kind.suffix))
            return kind;
    return server_kinds[0];
}

// Whom the restriction names in replies, and the domain it asks for; "" for none.
struct Asked {
    Subject subject;
    std::string domain;
};

Asked asked_of(const Check& check, std::string_view restriction) {
    const Session& session = check.session();
    std::string_view kind;
    for (const Side& side : sides)
        if (restriction.starts_with(side.prefix))
            kind = side.kind;
    auto known = [](const std::string& name) { return name == "unknown" ? std::string() : name; };
    auto domain = [](const std::string& address) {
        std::string_view found = mail::domain_of(address);
        return std::string(found.empty() ? address : found);
    };
    if (kind == kinds::client)
        return {{session.client.text(), kind}, known(session.client.name)};
    if (kind == kinds::reverse_client)
        return {{session.client.reverse_name, kind}, known(session.client.reverse_name)};
    if (kind == kinds::helo)
        return {{session.helo, kind}, session.helo};
    const std::string address =
        (kind == kinds::sender ? check.sender : check.recipient).value_or("");
    return {{address, kind}, domain(address)};
}

void not_found(const ServerKind& kind, std::string_view name, const dns::Answer& answer) {
    std::string_view why = "Host not found";
    if (answer.state == dns::Answer::State::retry)
        why = "Host not found, try again";
    else if (answer.state == dns::Answer::State::none && !answer.nxdomain)
        why = "Host found but no data record of requested type";
    base::log::warning(base::text("Unable to look up ", kind.name, " host for ", name, ": ", why));
}

std::string host_in(const dns::Record& record) {
    if (const auto* exchange = std::get_if<dns::Exchange>(&record.data))
        return exchange->name;
    const auto* host = std::get_if<dns::Host>(&record.data);
    return host != nullptr ? host->name : std::string();
}

// The name servers of a domain may be known for one above it only.
io::Task<dns::Answer> ask_upwards(dns::Resolver& resolver, std::string domain) {
    while (true) {
        dns::Answer answer = co_await resolver.ask(domain, dns::Type::ns);
        size_t dot = domain.find('.');
        if (answer.state != dns::Answer::State::none || dot == domain.npos)
            co_return std::move(answer);
        domain.erase(0, dot + 1);
    }
}

// The hosts of `kind` for the domain. Without an MX record the domain is its own mail host.
io::Task<Hosts> find_hosts(Check& check, const ServerKind& kind, const Asked& asked) {
    Hosts hosts;
    dns::Resolver& resolver = check.policy().resolver();
    dns::Answer answer;
    if (kind.type == dns::Type::ns) {
        dns::Answer found = co_await ask_upwards(resolver, asked.domain);
        answer = std::move(found);
    } else if (kind.type == dns::Type::mx) {
        dns::Answer found = co_await resolver.ask(asked.domain, kind.type);
        answer = std::move(found);
    }
    for (const dns::Record& record : answer.records)
        if (std::string host = host_in(record); !host.empty())
            hosts.push_back(std::move(host));
    if (answer.state == dns::Answer::State::found)
        co_return std::move(hosts);
    if (answer.state == dns::Answer::State::none && kind.type != dns::Type::ns)
        hosts.push_back(asked.domain);
    else if (answer.state == dns::Answer::State::none)
        not_found(kind, asked.subject.name, answer);
    else
        not_found(kind, asked.domain, answer);
    co_return std::move(hosts);
}

// What the table has for one host: by its name with parents, except where the DNS was asked for
// addresses only; then by each of its addresses with networks.
io::Task<std::optional<Verdict>> ask_host(Check& check, const Rule& rule, const ServerKind& kind,
                                          const Asked& asked, std::string host) {
    if (kind.type != dns::Type::a) {
        const AccessKeys names = name_keys(host, check.policy().access().parents_match);
        std::optional<Verdict> verdict = co_await ask_table(check, rule, names, asked.subject);
        if (verdict)
            co_return verdict;
    }
    bool any = false;
    bool trouble = false;
    for (dns::Type type : {dns::Type::a, dns::Type::aaaa}) {
        dns::Answer answer = co_await check.policy().resolver().ask(host, type);
        any = any || answer.state == dns::Answer::State::found;
        trouble = trouble || answer.state == dns::Answer::State::retry;
        for (const dns::Record& record : answer.records) {
            const auto* address = std::get_if<dns::Address>(&record.data);
            const AccessKeys keys = address != nullptr ? address_keys(address->ip) : AccessKeys();
            std::optional<Verdict> verdict = co_await ask_table(check, rule, keys, asked.subject);
            if (verdict)
                co_return verdict;
        }
    }
    if (!any)
        base::log::warning(base::text(
            "Unable to look up ", kind.name, " host ", host, " for ", asked.subject.kind, ' ',
            asked.subject.name, ": ",
            trouble ? "Temporary failure in name resolution" : "Name or service not known"));
    co_return std::nullopt;
}

// A table that permits whoever has some host would permit the world.
Verdict without_permission(Check& check, const Rule& rule, const Subject& subject,
                           Verdict verdict) {
    if (verdict != Verdict::permit || check.discarded())
        return verdict;
    base::log::warning(base::text("restriction ", rule.name, " returns OK for ", subject.name));
    base::log::warning("this is not allowed for security reasons");
    base::log::warning("use DUNNO instead of OK if you want to make an exception");
    return check.misconfigured();
}

}  // namespace

io::Task<Verdict> check_server_access(Check& check, const Rule& rule) {
    const Asked asked = asked_of(check, rule.name);
    const ServerKind& kind = server_kind(rule.name);
    if (asked.domain.empty())
        co_return Verdict::dunno;
    if (valid_address_literal(asked.domain)) {
        const AccessKeys keys = address_keys(literal_address(asked.domain));
        std::optional<Verdict> verdict = co_await ask_table(check, rule, keys, asked.subject);
        co_return without_permission(check, rule, asked.subject, verdict.value_or(Verdict::dunno));
    }
    Hosts hosts = co_await find_hosts(check, kind, asked);
    for (const std::string& host : hosts) {
        std::optional<Verdict> verdict = co_await ask_host(check, rule, kind, asked, host);
        if (verdict)
            co_return without_permission(check, rule, asked.subject, *verdict);
    }
    co_return Verdict::dunno;
}

}  // namespace smtpd::rules
