#include "smtp/tls_report.h"

#include <array>
#include <ctime>

#include "lib/base/text.h"

namespace smtp {
namespace {

std::string date(base::WallTime when) {
    std::time_t seconds = std::chrono::system_clock::to_time_t(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(when));
    std::tm parts{};
    std::array<char, 32> text{};
    gmtime_r(&seconds, &parts);
    size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return std::string(text.data(), size);
}

void add_unless_empty(base::Json& json, std::string_view name, const std::string& value) {
    if (!value.empty())
        json.string(name, value);
}

base::Json link_json(const tls::ChainLink& link) {
    base::Json json;
    json.string("subject", link.subject).string("issuer", link.issuer);
    json.string("from", date(link.not_before)).string("until", date(link.not_after));
    json.string("key", link.key).string("fingerprint", link.fingerprint);
    if (!link.names.empty())
        json.texts("names", link.names);
    return json;
}

}  // namespace

base::Json tls_policy_json(const TlsPolicy& policy) {
    base::Json json;
    json.string("level", nexthop::name_of(policy.level));
    add_unless_empty(json, "from", policy.source.text);
    if (policy.wrapped)
        json.boolean("wrappermode", true);
    if (!policy.match.empty())
        json.texts("match", policy.match);
    std::vector<std::string> records;
    for (const tls::Tlsa& each : policy.tlsa)
        records.push_back(nexthop::text_of(
            dns::Certificate{each.usage, each.selector, each.matching, each.data}));
    if (!records.empty())
        json.string("tlsa_domain", policy.tlsa_domain).texts("tlsa", records);
    return json;
}

base::Json login_json(const Credentials& login) {
    base::Json json;
    json.string("user", login.account.user).string("from", login.source);
    json.string("proof", login.account.proof == sasl::Proof::token ? "token" : "password");
    return json;
}

base::Json dnssec_json(const nexthop::Endpoint& endpoint, const nexthop::LookupTrace& asked) {
    const nexthop::Provenance& from = endpoint.provenance;
    base::Json json;
    if (!from.domain.empty())
        json.boolean("domain_secure", from.domain_secure);
    json.boolean("host_secure", from.host_secure);
    std::vector<base::Json> lookups;
    for (const auto& step : asked.steps) {
        const auto* question = std::get_if<nexthop::LookupTrace::Question>(&step);
        if (question == nullptr)
            continue;
        std::vector<std::string> records;
        for (const dns::Record& record : question->answer.records)
            records.push_back(nexthop::text_of(record));
        base::Json& one = lookups.emplace_back();
        one.string("ask", question->name).string("type", question->type);
        one.texts("records", records).boolean("secure", question->answer.authentic);
        if (records.empty())
            one.string("reason", question->answer.reason);
    }
    json.objects("tlsa_lookup", lookups);
    return json;
}

base::Json tls_facts_json(const tls::Facts& facts) {
    base::Json json;
    json.string("protocol", facts.protocol).string("cipher", facts.cipher);
    json.integer("bits", facts.bits);
    add_unless_empty(json, "key_exchange", facts.key_exchange);
    json.string("status", tls::peer_status_word(facts.peer));
    add_unless_empty(json, "problem", facts.problem);
    add_unless_empty(json, "server_name", facts.server_name);
    add_unless_empty(json, "tlsa_match", facts.tlsa_match);
    add_unless_empty(json, "fingerprint", facts.certificate_fingerprint);
    add_unless_empty(json, "key_fingerprint", facts.key_fingerprint);
    std::vector<base::Json> chain;
    for (const tls::ChainLink& link : facts.chain)
        chain.push_back(link_json(link));
    json.objects("chain", chain);
    return json;
}

std::string tls_text(const tls::Facts& facts) {
    std::string text =
        base::text(tls::peer_status_word(facts.peer), ' ', facts.protocol, " with ", facts.cipher);
    if (!facts.problem.empty())
        base::append(text, " (", facts.problem, ")");
    return text;
}

}  // namespace smtp
