#include "lib/config/restrictions.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"

namespace {

using config::RestrictionFindings;

RestrictionFindings findings(const std::string& main_cf) {
    auto settings = config::Settings::from(
        config::MainCf::parse(main_cf + "\ncompatibility_level = 3.6\n", "main.cf"), "/");
    return config::check_restrictions(settings);
}

// "name" or "name(argument)", joined by spaces.
std::string parsed(std::string_view text, std::string_view access = "check_client_access") {
    std::string out;
    for (const auto& use : config::parse_restrictions(text, access))
        base::append(out, out.empty() ? "" : " ", use.known ? "" : "?", use.name,
                     use.argument.empty() ? "" : "(", use.argument,
                     use.argument.empty() ? "" : ")");
    return out;
}

TEST(Restrictions, Parses) {
    struct Row {
        const char* text;
        const char* parsed;
    };
    static const Row rows[] = {
        {"", ""},
        {"permit", "permit"},
        {"permit_mynetworks, reject", "permit_mynetworks reject"},
        {" permit_mynetworks\n\treject ,", "permit_mynetworks reject"},
        {"PERMIT_MyNetworks", "permit_mynetworks"},
        {"check_sender_access hash:/a/b reject", "check_sender_access(hash:/a/b) reject"},
        {"check_sender_access plain", "check_sender_access(plain)"},
        {"hash:/a/b, permit", "check_client_access(hash:/a/b) permit"},
        {"inline:{{a=reject, permit}, {b=ok}} permit",
         "check_client_access(inline:{{a=reject, permit}, {b=ok}}) permit"},
        {"reject_unknown_client, check_recipient_maps",
         "reject_unknown_client_hostname reject_unlisted_recipient"},
        {"sleep 5 reject", "sleep(5) reject"},
        {"reject_rbl_client zen.example.org", "reject_rbl_client(zen.example.org)"},
        {"my_class, permit", "?my_class permit"},
        {"check_policy_service unix:private/x", "check_policy_service(unix:private/x)"},
        {"check_policy_service { inet:h:1, timeout=5 } permit",
         "check_policy_service({ inet:h:1, timeout=5 }) permit"},
    };
    for (const Row& row : rows)
        EXPECT_EQ(parsed(row.text), row.parsed) << row.text;
    EXPECT_EQ(parsed("hash:/a", ""), "?hash:/a");
}

TEST(Restrictions, RefusesMissingArguments) {
    for (const char* text : {"check_client_access", "reject_rbl_client", "sleep", "sleep x",
                             "check_sender_access permit", "permit, check_policy_service"})
        EXPECT_THROW(parsed(text), config::Error) << text;
}

TEST(Restrictions, TheDefaultsAreFine) {
    EXPECT_EQ(findings("").problems, std::vector<std::string>());
    EXPECT_EQ(findings("").warnings, std::vector<std::string>());
}

TEST(Restrictions, NamesWhatIsNotBuilt) {
    auto found = findings(
        "a = 1\nsmtpd_client_restrictions = permit_mynetworks,\n  reject_rbl_client zen.example\n");
    EXPECT_EQ(found.problems,
              std::vector<std::string>{
                  "main.cf, line 2: smtpd_client_restrictions: reject_rbl_client is not built yet, "
                  "and mail that it should refuse would come in if it were ignored"});
}

TEST(Restrictions, WarnsOfUnknownNames) {
    auto found = findings("smtpd_sender_restrictions = reject_everything\n");
    EXPECT_TRUE(found.problems.empty());
    EXPECT_EQ(found.warnings,
              std::vector<std::string>{"main.cf, line 1: smtpd_sender_restrictions: unknown smtpd "
                                       "restriction: \"reject_everything\""});
}

TEST(Restrictions, ClassesNeedADefinition) {
    EXPECT_TRUE(findings("smtpd_restriction_classes = strict\nstrict = reject_non_fqdn_sender\n"
                         "smtpd_sender_restrictions = strict\n")
                    .warnings.empty());
    EXPECT_EQ(findings("smtpd_restriction_classes = strict\n").problems,
              std::vector<std::string>{"main.cf, line 1: smtpd_restriction_classes: restriction "
                                       "class `strict' needs a definition"});
    EXPECT_EQ(findings("smtpd_restriction_classes = c\nc = check_policy_service unix:x\n")
                  .problems.size(),
              1u);
}

// Who relays to whom: the start is refused where nothing keeps strangers out.
TEST(Restrictions, AskForRelayControl) {
    struct Row {
        const char* relay;
        const char* recipient;
        bool fine;
    };
    static const Row rows[] = {
        {"permit_mynetworks, reject_unauth_destination", "", true},
        {"", "permit_mynetworks, reject_unauth_destination", true},
        {"", "permit_mynetworks, reject", true},
        {"defer", "", true},
        {"defer_unauth_destination", "permit", true},
        {"defer_if_permit", "", true},
        {"", "", false},
        {"permit_mynetworks", "reject_non_fqdn_recipient", false},
        {"permit, reject", "", false},
        {"warn_if_reject reject_unauth_destination", "", false},
        {"warn_if_reject reject_unauth_destination, reject", "", true},
        {"strict", "", true},
        {"loose", "", false},
        {"check_recipient_access hash:/x", "", false},
    };
    for (const Row& row : rows) {
        auto found = findings(base::text(
            "smtpd_restriction_classes = strict, loose\nstrict = permit_mynetworks, reject\n"
            "loose = permit_mynetworks\nsmtpd_relay_restrictions = ",
            row.relay, "\nsmtpd_recipient_restrictions = ", row.recipient, "\n"));
        EXPECT_EQ(found.problems.empty(), row.fine) << row.relay << " / " << row.recipient;
        if (!row.fine) {
            ASSERT_EQ(found.problems.size(), 1u);
            EXPECT_NE(found.problems[0].find("specify at least one working instance of: "
                                             "reject_unauth_destination"),
                      std::string::npos);
        }
    }
}

TEST(Restrictions, CertificatesHaveAnOrderOfSearch) {
    struct Row {
        const char* text;
        const char* search;  // or the problem
    };
    static const Row rows[] = {
        {"check_ccert_access hash:/a", "hash:/a cert_fingerprint pubkey_fingerprint"},
        {"check_ccert_access {hash:/a}", "hash:/a cert_fingerprint pubkey_fingerprint"},
        {"check_ccert_access { hash:/a, { search_order = pubkey_fingerprint } }, permit",
         "hash:/a pubkey_fingerprint"},
        {"check_ccert_access {hash:/a {search_order = pubkey_fingerprint cert_fingerprint}}",
         "hash:/a pubkey_fingerprint cert_fingerprint"},
        {"check_ccert_access {hash:/a, {search_order = subject}}",
         "check_ccert_access: bad search key: \"subject\"; expected cert_fingerprint or "
         "pubkey_fingerprint"},
        {"check_ccert_access {hash:/a, {order = subject}}",
         "check_ccert_access: expected { search_order = … } behind the table, not {order = "
         "subject}"},
        {"check_ccert_access {hash:/a, b, c}",
         "check_ccert_access: expected { type:name, { search_order = … } }, not {hash:/a, b, c}"},
    };
    for (const Row& row : rows) {
        std::string got;
        try {
            config::RestrictionUse use = config::parse_restrictions(row.text, "").at(0);
            got = use.argument;
            for (const std::string& key : use.search)
                base::append(got, ' ', key);
        } catch (const config::Error& error) {
            got = error.what();
        }
        EXPECT_EQ(got, row.search) << row.text;
    }
}

}  // namespace
