// What main.cf says of TLS in the server, by today's parameters and by older ones.
#include "smtpd/tls_options.h"

#include <gtest/gtest.h>

#include "lib/config/main_cf.h"
#include "lib/tls/check.h"

namespace {

config::Settings of(const std::string& lines) {
    return config::Settings::from(
        config::MainCf::parse(lines + "\ncompatibility_level = 3.6\n", "main.cf"), "/");
}

// "offered demanded from-start asks must-show", those that hold.
std::string said(const std::string& lines) {
    smtpd::TlsOptions options = smtpd::TlsOptions::from(of(lines));
    std::string words;
    for (auto [holds, word] :
         {std::pair(options.offered, "offered "), std::pair(options.demanded, "demanded "),
          std::pair(options.from_start, "from-start "),
          std::pair(options.asks_certificate, "asks "),
          std::pair(options.client_trusted, "must-show ")})
        words += holds ? word : "";
    return words;
}

struct Row {
    const char* lines;
    const char* said;
};

TEST(TlsOptions, ComeFromMainCf) {
    static const Row rows[] = {
        {"", ""},
        {"smtpd_use_tls = yes", "offered "},
        {"smtpd_enforce_tls = yes", "offered demanded "},
        {"smtpd_tls_security_level = may", "offered "},
        {"smtpd_tls_security_level = encrypt", "offered demanded "},
        {"smtpd_tls_security_level = verify", "offered demanded "},
        // Today's parameter wins.
        {"smtpd_tls_security_level = none\nsmtpd_use_tls = yes", ""},
        {"smtpd_tls_security_level = may\nsmtpd_enforce_tls = yes", "offered "},
        {"smtpd_tls_wrappermode = yes", "demanded from-start "},
        {"smtpd_tls_wrappermode = yes\nsmtpd_tls_security_level = may", "demanded from-start "},
        {"smtpd_use_tls = yes\nsmtpd_tls_ask_ccert = yes", "offered asks "},
        {"smtpd_use_tls = yes\nsmtpd_tls_req_ccert = yes", "offered asks "},
        {"smtpd_enforce_tls = yes\nsmtpd_tls_req_ccert = yes", "offered demanded asks must-show "},
    };
    for (const Row& row : rows)
        EXPECT_EQ(said(row.lines), row.said) << row.lines;
}

TEST(TlsOptions, HaveFiles) {
    auto files =
        tls::server_files(of("smtpd_tls_chain_files = /a, /b\nsmtpd_tls_cert_file = none\n"
                             "smtpd_tls_CAfile = /c\n"));
    std::string names;
    for (const tls::ServerFile& file : files)
        names += file.path + " ";
    EXPECT_EQ(names, "/a /b /c ");
}

TEST(TlsOptions, DoWithoutAFileWhereTlsNeedNotBe) {
    const std::string missing = "\nsmtpd_tls_cert_file = /no/such/file\n";
    EXPECT_EQ(tls::server_goes_without(of("smtpd_tls_security_level = may" + missing)),
              "main.cf, line 2: smtpd_tls_cert_file: /no/such/file: No such file or directory: TLS "
              "is not offered until there is one");
    EXPECT_FALSE(tls::server_goes_without(of("smtpd_tls_security_level = encrypt" + missing)));
    EXPECT_FALSE(tls::server_goes_without(of("smtpd_tls_wrappermode = yes" + missing)));
}

}  // namespace
