#include "smtpd/rule_book.h"

#include "lib/base/text.h"
#include "smtpd/rules.h"

namespace smtpd {

namespace {

constexpr int deepest_class = 20;  // classes within classes

struct Deed {
    std::string_view name;
    Verdict (*decide)(Check&, const Rule&);
    io::Task<Verdict> (*look_up)(Check&, const Rule&);
};

// warn_if_reject is done by Check itself.
constexpr Deed deeds[] = {
    {"permit", rules::permit, nullptr},
    {"reject", rules::reject, nullptr},
    {"defer", rules::defer, nullptr},
    {"defer_if_permit", rules::defer_if_permit, nullptr},
    {"defer_if_reject", rules::defer_if_reject, nullptr},
    {"warn_if_reject", rules::nobody, nullptr},
    {"sleep", nullptr, rules::sleep},
    {"reject_unauth_pipelining", rules::reject_unauth_pipelining, nullptr},
    {"reject_multi_recipient_bounce", rules::reject_multi_recipient_bounce, nullptr},
    {"reject_plaintext_session", rules::reject_plaintext_session, nullptr},
    {"permit_mynetworks", rules::permit_mynetworks, nullptr},
    {"permit_inet_interfaces", rules::permit_inet_interfaces, nullptr},
    {"permit_sasl_authenticated", rules::nobody, nullptr},
    {"permit_tls_all_clientcerts", rules::nobody, nullptr},
    {"permit_tls_clientcerts", rules::nobody, nullptr},
    {"reject_invalid_helo_hostname", rules::reject_invalid_helo_hostname, nullptr},
    {"reject_non_fqdn_helo_hostname", rules::reject_non_fqdn_helo_hostname, nullptr},
    {"reject_non_fqdn_sender", rules::reject_non_fqdn_sender, nullptr},
    {"reject_non_fqdn_recipient", rules::reject_non_fqdn_recipient, nullptr},
    {"permit_auth_destination", nullptr, rules::permit_auth_destination},
    {"reject_unauth_destination", nullptr, rules::reject_unauth_destination},
    {"defer_unauth_destination", nullptr, rules::defer_unauth_destination},
    {"reject_unknown_client_hostname", rules::reject_unknown_client_hostname, nullptr},
    {"reject_unknown_reverse_client_hostname", rules::reject_unknown_reverse_client_hostname,
     nullptr},
    {"check_client_access", nullptr, rules::check_client_access},
    {"check_reverse_client_hostname_access", nullptr, rules::check_reverse_client_hostname_access},
    {"check_helo_access", nullptr, rules::check_helo_access},
    {"check_sender_access", nullptr, rules::check_sender_access},
    {"check_recipient_access", nullptr, rules::check_recipient_access},
    {"check_etrn_access", nullptr, rules::check_etrn_access},
    {"reject_unlisted_sender", nullptr, rules::reject_unlisted_sender},
    {"reject_unlisted_recipient", nullptr, rules::reject_unlisted_recipient},
    {"reject_unknown_helo_hostname", nullptr, rules::reject_unknown_helo_hostname},
    {"reject_unknown_sender_domain", nullptr, rules::reject_unknown_sender_domain},
    {"reject_unknown_recipient_domain", nullptr, rules::reject_unknown_recipient_domain},
};

const Deed* find_deed(std::string_view name) {
    for (const Deed& deed : deeds)
        if (deed.name == name)
            return &deed;
    return nullptr;
}

}  // namespace

RuleBook::RuleBook(const config::Settings& settings, dict::Tables& tables) {
    config::RestrictionFindings findings = config::check_restrictions(settings);
    if (!findings.problems.empty())
        throw config::Error(std::move(findings.problems));
    for (const std::string& name : settings.list("smtpd_restriction_classes"))
        classes_[name] = settings.value(name);
    size_t at = 0;
    for (const config::RestrictionStage& stage : config::restriction_stages()) {
        try {
            stages_[at++] =
                rules_of(settings.value(stage.parameter), {stage.default_access, &tables, 0});
        } catch (const config::Error& error) {
            throw config::Error(base::text(settings.where(stage.parameter), ": ", stage.parameter,
                                           ": ", error.what()));
        }
    }
}

bool RuleBook::any_before_recipients() const {
    return !of(Stage::client).empty() || !of(Stage::helo).empty() || !of(Stage::sender).empty();
}

Rules RuleBook::of_entry(std::string_view text) const {
    try {
        return rules_of(text, {{}, nullptr, 0});
    } catch (const config::Error& error) {
        Rule bad;
        bad.name = text;
        bad.decide = rules::unknown;
        return {bad};
    }
}

Rules RuleBook::rules_of(std::string_view text, const Text& how) const {
    if (how.depth > deepest_class)
        throw config::Error("restriction classes that contain themselves");
    Rules rules;
    for (const config::RestrictionUse& use : config::parse_restrictions(text, how.default_access))
        rules.push_back(rule_of(use, how));
    return rules;
}

Rule RuleBook::rule_of(const config::RestrictionUse& use, const Text& how) const {
    Rule rule;
    rule.name = use.name;
    rule.argument = use.argument;
    auto named = classes_.find(use.name);
    if (use.known == nullptr && named != classes_.end()) {
        rule.inner = rules_of(named->second, {how.default_access, how.tables, how.depth + 1});
        return rule;
    }
    const Deed* deed = use.known == nullptr ? nullptr : find_deed(use.name);
    bool table = deed && use.known->takes == config::RestrictionName::Takes::table;
    if (deed == nullptr || (table && how.tables == nullptr)) {
        rule.decide = rules::unknown;
        return rule;
    }
    rule.decide = deed->decide;
    rule.look_up = deed->look_up;
    if (table)
        rule.table = &how.tables->open(use.argument);
    return rule;
}

}  // namespace smtpd
