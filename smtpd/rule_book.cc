#include "smtpd/rule_book.h"

#include <algorithm>

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
    {"permit_sasl_authenticated", rules::permit_sasl_authenticated, nullptr},
    {"permit_tls_all_clientcerts", rules::permit_tls_all_clientcerts, nullptr},
    {"permit_tls_clientcerts", nullptr, rules::permit_tls_clientcerts},
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
    {"check_ccert_access", nullptr, rules::check_ccert_access},
    {"check_sasl_access", nullptr, rules::check_sasl_access},
    {"check_client_a_access", nullptr, rules::check_server_access},
    {"check_client_mx_access", nullptr, rules::check_server_access},
    {"check_client_ns_access", nullptr, rules::check_server_access},
    {"check_reverse_client_hostname_a_access", nullptr, rules::check_server_access},
    {"check_reverse_client_hostname_mx_access", nullptr, rules::check_server_access},
    {"check_reverse_client_hostname_ns_access", nullptr, rules::check_server_access},
    {"check_helo_a_access", nullptr, rules::check_server_access},
    {"check_helo_mx_access", nullptr, rules::check_server_access},
    {"check_helo_ns_access", nullptr, rules::check_server_access},
    {"check_sender_a_access", nullptr, rules::check_server_access},
    {"check_sender_mx_access", nullptr, rules::check_server_access},
    {"check_sender_ns_access", nullptr, rules::check_server_access},
    {"check_recipient_a_access", nullptr, rules::check_server_access},
    {"check_recipient_mx_access", nullptr, rules::check_server_access},
    {"check_recipient_ns_access", nullptr, rules::check_server_access},
    {"reject_unlisted_sender", nullptr, rules::reject_unlisted_sender},
    {"reject_unlisted_recipient", nullptr, rules::reject_unlisted_recipient},
    {"reject_sender_login_mismatch", nullptr, rules::reject_sender_login_mismatch},
    {"reject_authenticated_sender_login_mismatch", nullptr,
     rules::reject_authenticated_sender_login_mismatch},
    {"reject_known_sender_login_mismatch", nullptr, rules::reject_known_sender_login_mismatch},
    {"reject_unauthenticated_sender_login_mismatch", nullptr,
     rules::reject_unauthenticated_sender_login_mismatch},
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

// A restriction that is no class. Without `tables` those that need one are refused when asked.
Rule plain_rule(const config::RestrictionUse& use, dict::Tables* tables) {
    Rule rule;
    rule.name = use.name;
    rule.argument = use.argument;
    rule.search = use.search;
    const Deed* deed = use.known == nullptr ? nullptr : find_deed(use.name);
    bool table = deed && use.known->takes == config::RestrictionName::Takes::table;
    if (deed == nullptr || (table && tables == nullptr)) {
        rule.decide = rules::unknown;
        return rule;
    }
    rule.decide = deed->decide;
    rule.look_up = deed->look_up;
    if (table)
        rule.table = &tables->open(use.argument);
    return rule;
}

}  // namespace

// Makes the rules of stages and classes at start, classes as they are met.
class RuleBook::Making {
  public:
    Making(RuleBook& book, const config::Settings& settings, dict::Tables& tables)
        : book_(book), settings_(settings), tables_(tables) {
        names_ = settings.list("smtpd_restriction_classes");
    }

    Rules rules_of(std::string_view text, std::string_view default_access) {
        Rules rules;
        for (const config::RestrictionUse& use : config::parse_restrictions(text, default_access)) {
            bool in_class = use.known == nullptr &&
                            std::find(names_.begin(), names_.end(), use.name) != names_.end();
            rules.push_back(plain_rule(use, &tables_));
            if (in_class)
                rules.back().inner = &class_of(use.name, default_access);
        }
        return rules;
    }
    // So that entries of access tables may name them.
    void classes_for_entries() {
        for (const std::string& name : names_)
            class_of(name, "");
    }

  private:
    const Rules& class_of(const std::string& name, std::string_view default_access) {
        ClassName key(name, default_access);
        auto known = book_.classes_.find(key);
        if (known != book_.classes_.end())
            return known->second;
        if (depth_ >= deepest_class)
            throw config::Error("restriction classes that contain themselves");
        ++depth_;
        // A table alone in a class that entries name has no restriction that it belongs to.
        std::string_view access = default_access.empty() ? "check_client_access" : default_access;
        Rules rules = rules_of(settings_.value(name), access);
        --depth_;
        return book_.classes_.emplace(std::move(key), std::move(rules)).first->second;
    }

    RuleBook& book_;
    const config::Settings& settings_;
    dict::Tables& tables_;
    std::vector<std::string> names_;
    int depth_ = 0;
};

RuleBook::RuleBook(const config::Settings& settings, dict::Tables& tables) {
    config::RestrictionFindings findings = config::check_restrictions(settings);
    if (!findings.problems.empty())
        throw config::Error(std::move(findings.problems));
    Making making(*this, settings, tables);
    size_t at = 0;
    for (const config::RestrictionStage& stage : config::restriction_stages()) {
        try {
            stages_[at++] = making.rules_of(settings.value(stage.parameter), stage.default_access);
        } catch (const config::Error& error) {
            throw config::Error(base::text(settings.where(stage.parameter), ": ", stage.parameter,
                                           ": ", error.what()));
        }
    }
    making.classes_for_entries();
}

bool RuleBook::any_before_recipients() const {
    return !of(Stage::client).empty() || !of(Stage::helo).empty() || !of(Stage::sender).empty();
}

Rules RuleBook::of_entry(std::string_view text) const {
    Rules rules;
    try {
        for (const config::RestrictionUse& use : config::parse_restrictions(text, {})) {
            rules.push_back(plain_rule(use, nullptr));
            auto in_class = classes_.find(ClassName(use.name, ""));
            if (use.known == nullptr && in_class != classes_.end())
                rules.back().inner = &in_class->second;
        }
    } catch (const config::Error& error) {
        Rule bad;
        bad.name = text;
        bad.decide = rules::unknown;
        rules = {bad};
    }
    return rules;
}

}  // namespace smtpd
