// What is wrong with the logins of main.cf and master.cf, before a start.
#include "lib/sasl/check.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace {

struct Folder {
    Folder() { path = ::mkdtemp(made.data()); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string made = "/tmp/posthaste-sasl-XXXXXX";
    std::string path;
};

TEST(SaslCheck, NamesWhatServersCannotUse) {
    struct Row {
        const char* main_cf;
        const char* service;
        const char* expected;
    };
    const char* plain = "25 inet n - n - - smtpd\n";
    const char* logins = "587 inet n - n - - smtpd -o smtpd_sasl_auth_enable=yes\n";
    const char* others =
        "25 inet n - n - - smtpd\n587 inet n - n - - smtpd -o smtpd_sasl_type=saslauthd\n";
    const char* unknown_type =
        "main.cf, line 1: smtpd_sasl_type: expected cyrus or dovecot, found \"saslauthd\"\n";
    const Row rows[] = {
        {"smtpd_sasl_type = saslauthd\n", plain, ""},
        {"smtpd_sasl_type = saslauthd\n", logins, unknown_type},
        {"smtpd_sasl_type = dovecot\nsmtpd_sasl_path = private/auth\n", logins, ""},
        {"smtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:nobody.invalid:12345\n", logins, ""},
        {"smtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:auth.example\n", logins,
         "main.cf, line 2: smtpd_sasl_path: expected inet:host:port, found "
         "\"inet:auth.example\"\n"},
        {"smtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:auth.example:nowhere\n", logins,
         "main.cf, line 2: smtpd_sasl_path: expected a port, found \"nowhere\"\n"},
        {"smtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:auth.example:112345\n", logins,
         "main.cf, line 2: smtpd_sasl_path: expected a port from 1 to 65535, found \"112345\"\n"},
        {"smtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:127.0.0.1:0\n", logins,
         "main.cf, line 2: smtpd_sasl_path: expected a port from 1 to 65535, found \"0\"\n"},
        {"smtpd_sasl_type = dovecot\nsmtpd_sasl_path = unix:\n", logins,
         "main.cf, line 2: smtpd_sasl_path: expected a socket, found \"\"\n"},
        {"smtpd_sasl_auth_enable = yes\n", plain, ""},
        {"smtpd_sasl_type = saslauthd\nsmtpd_sasl_security_options = noanonymus\n", logins,
         "main.cf, line 1: smtpd_sasl_type: expected cyrus or dovecot, found \"saslauthd\"\n"
         "main.cf, line 2: smtpd_sasl_security_options: expected noplaintext, noactive, "
         "nodictionary, noanonymous, forward_secrecy or mutual_auth, found \"noanonymus\"\n"},
    };
    Folder folder;
    auto check = [&](const char* main_cf, const char* service) {
        std::ofstream(folder.path + "/master.cf") << service;
        std::string found;
        auto settings =
            config::Settings::from(config::MainCf::parse(main_cf, "main.cf"), folder.path);
        for (const config::Problem& problem : sasl::check_servers(settings)) {
            EXPECT_TRUE(problem.fatal);
            if (problem.text.find("_tls_security_options") == std::string::npos)
                found += problem.text + "\n";
        }
        return found;
    };
    for (const Row& row : rows)
        EXPECT_EQ(check(row.main_cf, row.service), row.expected) << row.main_cf << row.service;
    EXPECT_NE(check("smtpd_sasl_auth_enable = yes\n", others), "");
}

}  // namespace
