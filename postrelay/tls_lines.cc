#include "postrelay/tls_lines.h"

#include "lib/base/text.h"

namespace postrelay {
namespace {

using base::Json;

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts)
        base::append(out, out.empty() ? "" : ", ", text);
    return out;
}

std::string_view vouched(bool secure) {
    return secure ? "secure" : "insecure";
}

void add_policy(std::vector<std::string>& lines, const Json& policy) {
    std::string line = base::text("TLS level ", policy.text_at("level"));
    if (std::string from = policy.text_at("from"); !from.empty())
        base::append(line, " (", from, ')');
    if (std::string names = joined(policy.list_at("match")); !names.empty())
        base::append(line, "; matches ", names);
    lines.push_back(std::move(line));
}

void add_dnssec(std::vector<std::string>& lines, const Json& dnssec) {
    std::string line = base::text("DNSSEC: address ", vouched(dnssec.truth_at("host_secure")));
    for (const Json& asked : dnssec.objects_at("tlsa_lookup")) {
        std::string records = joined(asked.list_at("records"));
        bool none = records.empty();
        base::append(line, "; ", asked.text_at("type"), ' ', asked.text_at("ask"), ": ",
                     none ? asked.text_at("reason") : records, " (",
                     vouched(asked.truth_at("secure")), ')');
    }
    lines.push_back(std::move(line));
}

void add_session(std::vector<std::string>& lines, const Json& tls) {
    std::string line = base::text(tls.text_at("protocol"), " with ", tls.text_at("cipher"), ": ",
                                  tls.text_at("status"));
    if (std::string match = tls.text_at("tlsa_match"); !match.empty())
        base::append(line, ", the TLSA record ", match, " matches");
    if (std::string problem = tls.text_at("problem"); !problem.empty())
        base::append(line, ", ", problem);
    if (std::string name = tls.text_at("server_name"); !name.empty())
        base::append(line, "; asked for ", name);
    lines.push_back(std::move(line));
    for (const Json& link : tls.objects_at("chain")) {
        std::string one = base::text("certificate: ", link.text_at("subject"), " by ",
                                     link.text_at("issuer"), ", ", link.text_at("key"), ", from ",
                                     link.text_at("from"), " until ", link.text_at("until"));
        if (std::string names = joined(link.list_at("names")); !names.empty())
            base::append(one, ", for ", names);
        lines.push_back(std::move(one));
    }
}

}  // namespace

std::string tls_text(const PlaceTls& tls) {
    const nexthop::TlsPolicy& policy = tls.found.policy;
    if (!tls.found.trouble.empty())
        return base::text("no delivery now: ", tls.found.reason, " (", tls.found.trouble, ')');
    return base::text(name_of(policy.level), policy.wrapped ? " from the first byte" : "", " (",
                      policy.source.text, ')');
}

base::Json tls_json(const PlaceTls& tls) {
    const nexthop::TlsPolicy& policy = tls.found.policy;
    Json json;
    json.string("level", name_of(policy.level)).string("from", policy.source.text);
    json.boolean("wrappermode", policy.wrapped).texts("match", policy.match);
    json.texts("tlsa", tlsa_lines(tls));
    if (!tls.found.trouble.empty())
        json.string("trouble", tls.found.trouble).string("reason", tls.found.reason);
    return json;
}

std::vector<std::string> tlsa_lines(const PlaceTls& tls) {
    std::vector<std::string> lines;
    for (const auto& step : tls.asked.steps) {
        const auto* asked = std::get_if<nexthop::LookupTrace::Question>(&step);
        if (asked == nullptr)
            continue;
        std::vector<std::string> records;
        for (const dns::Record& record : asked->answer.records)
            records.push_back(nexthop::text_of(record));
        lines.push_back(base::text(asked->type, ' ', asked->name, ": ",
                                   records.empty() ? asked->answer.reason : joined(records), " (",
                                   vouched(asked->answer.authentic), ')'));
    }
    return lines;
}

std::vector<std::string> session_lines(const base::Json& contact) {
    std::vector<std::string> lines;
    std::optional<Json> policy = contact.object_at("tls_policy");
    if (policy && policy->text_at("level") != "none") {
        add_policy(lines, *policy);
        if (std::optional<Json> dnssec = contact.object_at("dnssec"))
            add_dnssec(lines, *dnssec);
    }
    if (std::optional<Json> tls = contact.object_at("tls"))
        add_session(lines, *tls);
    if (contact.object_at("tls") && contact.truth_at("ehlo"))
        lines.push_back(
            base::text("REQUIRETLS: ", contact.truth_at("requiretls") ? "offered" : "not offered",
                       "; policy: ", contact.text_at("requiretls_policy")));
    if (std::optional<Json> login = contact.object_at("login"))
        lines.push_back(base::text("login: ", login->text_at("user"), " with a ",
                                   login->text_at("proof"), " (", login->text_at("from"), ')'));
    return lines;
}

}  // namespace postrelay
