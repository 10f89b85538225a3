#include "lib/config/restrictions.h"

#include <algorithm>

#include "lib/base/text.h"

namespace config {

using Takes = RestrictionName::Takes;

static constexpr auto works = RestrictionName::State::works;
static constexpr auto not_built = RestrictionName::State::not_built;

// By what they judge, as postconf(5) lists them.
static constexpr RestrictionName names[] = {
    {"permit", Takes::nothing, works, {}},
    {"reject", Takes::nothing, works, {}},
    {"defer", Takes::nothing, works, {}},
    {"defer_if_permit", Takes::nothing, works, {}},
    {"defer_if_reject", Takes::nothing, works, {}},
    {"warn_if_reject", Takes::nothing, works, {}},
    {"sleep", Takes::number, works, {}},
    {"reject_unauth_pipelining", Takes::nothing, works, {}},
    {"reject_multi_recipient_bounce", Takes::nothing, works, {}},
    {"reject_plaintext_session", Takes::nothing, works, {}},
    {"check_policy_service", Takes::service, not_built, {}},

    {"permit_mynetworks", Takes::nothing, works, {}},
    {"permit_inet_interfaces", Takes::nothing, works, {}},
    {"permit_sasl_authenticated", Takes::nothing, works, {}},
    {"permit_tls_all_clientcerts", Takes::nothing, works, {}},
    {"permit_tls_clientcerts", Takes::nothing, works, {}},
    {"reject_unknown_client_hostname", Takes::nothing, works, {}},
    {"reject_unknown_client", Takes::nothing, works, "reject_unknown_client_hostname"},
    {"reject_unknown_reverse_client_hostname", Takes::nothing, works, {}},
    {"check_client_access", Takes::table, works, {}},
    {"check_reverse_client_hostname_access", Takes::table, works, {}},
    {"check_client_a_access", Takes::table, works, {}},
    {"check_client_mx_access", Takes::table, works, {}},
    {"check_client_ns_access", Takes::table, works, {}},
    {"check_reverse_client_hostname_a_access", Takes::table, works, {}},
    {"check_reverse_client_hostname_mx_access", Takes::table, works, {}},
    {"check_reverse_client_hostname_ns_access", Takes::table, works, {}},
    {"check_ccert_access", Takes::table, works, {}},
    {"check_sasl_access", Takes::table, works, {}},
    {"reject_rbl_client", Takes::domain, not_built, {}},
    {"reject_rbl", Takes::domain, not_built, "reject_rbl_client"},
    {"reject_maps_rbl", Takes::nothing, not_built, {}},
    {"permit_dnswl_client", Takes::domain, not_built, {}},
    {"reject_rhsbl_client", Takes::domain, not_built, {}},
    {"permit_rhswl_client", Takes::domain, not_built, {}},
    {"reject_rhsbl_reverse_client", Takes::domain, not_built, {}},

    {"check_helo_access", Takes::table, works, {}},
    {"check_helo_a_access", Takes::table, works, {}},
    {"check_helo_mx_access", Takes::table, works, {}},
    {"check_helo_ns_access", Takes::table, works, {}},
    {"reject_invalid_helo_hostname", Takes::nothing, works, {}},
    {"reject_invalid_hostname", Takes::nothing, works, "reject_invalid_helo_hostname"},
    {"reject_non_fqdn_helo_hostname", Takes::nothing, works, {}},
    {"reject_non_fqdn_hostname", Takes::nothing, works, "reject_non_fqdn_helo_hostname"},
    {"reject_unknown_helo_hostname", Takes::nothing, works, {}},
    {"reject_unknown_hostname", Takes::nothing, not_built, "reject_unknown_helo_hostname"},
    {"reject_rhsbl_helo", Takes::domain, not_built, {}},
    {"permit_naked_ip_address", Takes::nothing, not_built, {}},

    {"check_sender_access", Takes::table, works, {}},
    {"check_sender_a_access", Takes::table, works, {}},
    {"check_sender_mx_access", Takes::table, works, {}},
    {"check_sender_ns_access", Takes::table, works, {}},
    {"reject_non_fqdn_sender", Takes::nothing, works, {}},
    {"reject_unlisted_sender", Takes::nothing, works, {}},
    {"reject_unknown_sender_domain", Takes::nothing, works, {}},
    {"reject_unknown_address", Takes::nothing, not_built, "reject_unknown_sender_domain"},
    {"reject_rhsbl_sender", Takes::domain, not_built, {}},
    {"reject_unverified_sender", Takes::nothing, not_built, {}},
    {"reject_sender_login_mismatch", Takes::nothing, works, {}},
    {"reject_authenticated_sender_login_mismatch", Takes::nothing, works, {}},
    {"reject_known_sender_login_mismatch", Takes::nothing, works, {}},
    {"reject_unauthenticated_sender_login_mismatch", Takes::nothing, works, {}},

    {"check_recipient_access", Takes::table, works, {}},
    {"check_recipient_a_access", Takes::table, works, {}},
    {"check_recipient_mx_access", Takes::table, works, {}},
    {"check_recipient_ns_access", Takes::table, works, {}},
    {"permit_auth_destination", Takes::nothing, works, {}},
    {"reject_unauth_destination", Takes::nothing, works, {}},
    {"defer_unauth_destination", Takes::nothing, works, {}},
    {"permit_mx_backup", Takes::nothing, not_built, {}},
    {"reject_non_fqdn_recipient", Takes::nothing, works, {}},
    {"reject_unlisted_recipient", Takes::nothing, works, {}},
    {"check_recipient_maps", Takes::nothing, works, "reject_unlisted_recipient"},
    {"reject_unknown_recipient_domain", Takes::nothing, works, {}},
    {"reject_rhsbl_recipient", Takes::domain, not_built, {}},
    {"reject_unverified_recipient", Takes::nothing, not_built, {}},

    {"check_etrn_access", Takes::table, works, {}},
};

const RestrictionName* find_restriction(std::string_view name) {
    for (const RestrictionName& row : names)
        if (base::equal_nocase(row.name, name))
            return row.today.empty() ? &row : find_restriction(row.today);
    return nullptr;
}

// The words of `text`; braces keep together what they enclose.
static std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    int depth = 0;
    for (char c : text) {
        depth += c == '{';
        depth -= c == '}' && depth > 0;
        bool between = depth == 0 && std::string_view(", \t\r\n").find(c) != std::string_view::npos;
        if (!between)
            word.push_back(c);
        else if (!word.empty())
            words.push_back(std::exchange(word, {}));
    }
    if (!word.empty())
        words.push_back(std::move(word));
    return words;
}

static std::string_view text_of(Takes takes) {
    switch (takes) {
        case Takes::table:
            return "a table (type:name)";
        case Takes::number:
            return "a number of seconds";
        case Takes::domain:
            return "a domain";
        case Takes::service:
            return "a service (type:endpoint)";
        case Takes::nothing:
            break;
    }
    return "nothing";
}

// "type:name", or a name of default_database_type.
static bool fits(Takes takes, std::string_view argument) {
    if (takes == Takes::number)
        return base::number<uint32_t>(argument).has_value();
    return takes != Takes::table || find_restriction(argument) == nullptr;
}

constexpr std::string_view certificate_keys[] = {"cert_fingerprint", "pubkey_fingerprint"};

// "search_order = key, key" in braces.
static std::vector<std::string> parse_search_order(std::string_view text) {
    size_t equals = text.find('=');
    if (text.size() < 2 || text.front() != '{' || text.back() != '}' || equals == text.npos ||
        base::trim(text.substr(1, equals - 1)) != "search_order")
        throw Error(
            base::text("check_ccert_access: expected { search_order = … } behind the table, "
                       "not ",
                       text));
    std::vector<std::string> keys = words_of(text.substr(equals + 1, text.size() - equals - 2));
    for (const std::string& key : keys)
        if (std::find(std::begin(certificate_keys), std::end(certificate_keys), key) ==
            std::end(certificate_keys))
            throw Error(base::text("check_ccert_access: bad search key: \"", key,
                                   "\"; expected cert_fingerprint or pubkey_fingerprint"));
    return keys;
}

// "type:name", or "{ type:name, { search_order = … } }".
static void read_search(RestrictionUse& use) {
    use.search.assign(std::begin(certificate_keys), std::end(certificate_keys));
    std::string_view text = use.argument;
    if (!text.starts_with('{') || !text.ends_with('}'))
        return;
    std::vector<std::string> words = words_of(text.substr(1, text.size() - 2));
    if (words.empty() || words.size() > 2)
        throw Error(
            base::text("check_ccert_access: expected { type:name, { search_order = … } }, "
                       "not ",
                       text));
    if (words.size() == 2)
        use.search = parse_search_order(words[1]);
    use.argument = words[0];
}

std::vector<RestrictionUse> parse_restrictions(std::string_view text,
                                               std::string_view default_access) {
    std::vector<RestrictionUse> uses;
    std::vector<std::string> words = words_of(text);
    for (size_t at = 0; at < words.size(); ++at) {
        const std::string& word = words[at];
        const RestrictionName* known = find_restriction(word);
        if (known == nullptr && word.find(':') != word.npos && !default_access.empty()) {
            uses.push_back(
                {find_restriction(default_access), std::string(default_access), word, {}});
            continue;
        }
        if (known == nullptr || known->takes == Takes::nothing) {
            uses.push_back({known, known ? std::string(known->name) : word, {}, {}});
            continue;
        }
        if (at + 1 == words.size() || !fits(known->takes, words[at + 1]))
            throw Error(base::text("restriction ", word, ": expected ", text_of(known->takes),
                                   " behind it"));
        uses.push_back({known, std::string(known->name), words[++at], {}});
        if (known->name == "check_ccert_access")
            read_search(uses.back());
    }
    return uses;
}

const std::vector<RestrictionStage>& restriction_stages() {
    static const std::vector<RestrictionStage> stages = {
        {"smtpd_client_restrictions", "check_client_access"},
        {"smtpd_helo_restrictions", "check_helo_access"},
        {"smtpd_sender_restrictions", "check_sender_access"},
        {"smtpd_relay_restrictions", "check_recipient_access"},
        {"smtpd_recipient_restrictions", "check_recipient_access"},
        {"smtpd_data_restrictions", ""},
        {"smtpd_end_of_data_restrictions", ""},
        {"smtpd_etrn_restrictions", "check_etrn_access"},
    };
    return stages;
}

}  // namespace config
