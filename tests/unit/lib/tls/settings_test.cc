// Settings of TLS: what is refused says file, line, parameter and what was expected.
#include "lib/tls/settings.h"

#include "lib/base/text.h"
#include "lib/tls/check.h"
#include "lib/tls/server_context.h"
#include "tests/unit/lib/tls/world.h"

namespace {

struct TlsSettings : trial::World {
    // What is wrong with the client's or server's part of these lines; empty when nothing is.
    std::string problem(const std::string& lines) {
        try {
            config::Settings read = settings(lines);
            if (lines.starts_with("smtpd_"))
                tls::ServerContext context(read);
            else
                tls::ClientContext context(config::OwnSettings(read, "smtp"));
            return "";
        } catch (const config::Error& error) {
            std::string text = error.what();
            for (size_t at; (at = text.find(scratch.folder)) != text.npos;)
                text.replace(at, scratch.folder.size(), "DIR");
            return text;
        }
    }
};

TEST_F(TlsSettings, RefuseWhatTheyCannotUse) {
    std::string good = scratch.file("good.pem", std::string(trial::good_key) + trial::good);
    std::string key = scratch.file("key.pem", trial::other_key);
    scratch.file("nokey.pem", trial::good);
    scratch.file("damaged.pem", std::string(trial::good_key).replace(60, 4, "????") + trial::good);
    struct Row {
        std::string lines;
        const char* expected;
    };
    const Row rows[] = {
        {"smtp_tls_cert_file = " + good, ""},
        {"smtp_tls_protocols = SSLv9",
         "main.cf, line 2: smtp_tls_protocols = SSLv9: expected protocols (SSLv3, TLSv1, TLSv1.1, "
         "TLSv1.2, TLSv1.3), each alone or behind >=, <= or !"},
        {"smtp_tls_mandatory_ciphers = best",
         "main.cf, line 2: smtp_tls_mandatory_ciphers = best: expected high, medium or null"},
        {"smtp_tls_loglevel = 9",
         "main.cf, line 2: smtp_tls_loglevel = 9: expected a number from 0 to 4"},
        {"smtp_tls_fingerprint_digest = md9",
         "main.cf, line 2: smtp_tls_fingerprint_digest = md9: expected a digest that OpenSSL has, "
         "such as sha256"},
        {"smtp_tls_CAfile = /nowhere/ca.pem",
         "main.cf, line 2: smtp_tls_CAfile: /nowhere/ca.pem: No such file or directory"},
        {"smtp_tls_CApath = /nowhere", ""},
        {"smtpd_tls_CApath = /nowhere\nsmtpd_tls_chain_files = " + good,
         "main.cf, line 2: smtpd_tls_CApath: /nowhere: No such file or directory"},
        {"smtp_tls_trust_anchor_file = /nowhere",
         "main.cf, line 2: smtp_tls_trust_anchor_file: /nowhere: No such file or directory"},
        {"tls_ssl_options = WHAT",
         "main.cf, line 2: tls_ssl_options: \"WHAT\" is no option here, nor a number such as "
         "0x4000"},
        {"tls_high_cipherlist = NOTHING",
         "main.cf, line 2: tls_high_cipherlist = NOTHING: expected a list of ciphers that OpenSSL "
         "has"},
        {"tls_eecdh_auto_curves = oval\ntls_ffdhe_auto_groups =",
         "main.cf, line 2: tls_eecdh_auto_curves: OpenSSL has none of these"},
        {"tls_dane_digests = sha3-9",
         "main.cf, line 2: tls_dane_digests: expected digests that OpenSSL has, found sha3-9"},
        {"smtpd_tls_chain_files = " + good, ""},
        {"smtpd_tls_cert_file = none", ""},
        {"smtpd_tls_loglevel = 1",
         "smtpd_tls_chain_files: no certificate for the server is named there, nor by "
         "smtpd_tls_cert_file and its like, nor by tls_server_sni_maps"},
        {"smtpd_tls_chain_files = " + scratch.folder + "/nowhere.pem",
         "main.cf, line 2: smtpd_tls_chain_files: DIR/nowhere.pem: No such file or directory"},
        {"smtpd_tls_chain_files = " + scratch.folder + "/nokey.pem",
         "main.cf, line 2: smtpd_tls_chain_files: DIR/nokey.pem: a certificate comes before any "
         "private key"},
        {"smtpd_tls_cert_file = " + good + "\nsmtpd_tls_key_file = " + key,
         "main.cf, line 2: smtpd_tls_cert_file, smtpd_tls_key_file: DIR/good.pem, "
         "DIR/key.pem: a private key and its certificate do not belong together"},
        {"smtpd_tls_cert_file = " + scratch.folder + "/nokey.pem",
         "main.cf, line 2: smtpd_tls_cert_file: DIR/nokey.pem: there is no private key in it"},
        {"smtpd_tls_cert_file = " + good + "\nsmtpd_tls_eecdh_grade = best",
         "main.cf, line 3: smtpd_tls_eecdh_grade = best: expected auto, strong, ultra or none"},
        {"smtpd_tls_cert_file = " + good + "\ntls_session_ticket_cipher = rot13",
         "main.cf, line 3: tls_session_ticket_cipher = rot13: expected aes-256-cbc, aes-128-cbc or "
         "one of OpenSSL that is like them"},
        {"smtpd_tls_cert_file = " + good + "\ntls_session_ticket_cipher = aes-256-gcm",
         "main.cf, line 3: tls_session_ticket_cipher = aes-256-gcm: expected aes-256-cbc, "
         "aes-128-cbc or "
         "one of OpenSSL that is like them"},
        {"smtpd_tls_cert_file = " + good + "\ntls_session_ticket_cipher = aes-256-xts",
         "main.cf, line 3: tls_session_ticket_cipher = aes-256-xts: expected aes-256-cbc, "
         "aes-128-cbc or "
         "one of OpenSSL that is like them"},
        {"smtpd_tls_cert_file = " + good + "\ntls_session_ticket_cipher = des-cbc",
         "main.cf, line 3: tls_session_ticket_cipher = des-cbc: expected aes-256-cbc, aes-128-cbc "
         "or "
         "one of OpenSSL that is like them"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(problem(row.lines), row.expected) << row.lines;
    }
    EXPECT_NE(problem("smtpd_tls_chain_files = " + scratch.folder + "/damaged.pem"), "");
}

TEST_F(TlsSettings, FilesOfCertificatesFit) {
    const std::string key = trial::good_key, good = trial::good, above = trial::ca;
    const std::string sealed =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    const std::string sealed_of_old =
        std::string(key).insert(key.find('\n') + 1,
                                "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899"
                                "AABBCCDDEEFF\n\n");
    const char* encrypted = "a key is encrypted: nobody is there to type its password";
    const char* strangers = "a private key and its certificate do not belong together";
    const char* order = "another certificate comes before that of the private key";
    const char* no_key = "there is no private key in it";
    struct Row {
        std::string certificate, key;
        const char* expected;
    };
    const Row chains[] = {
        {"", "", no_key},
        {"no certificate\n", "", no_key},
        {key, "", "a private key is not followed by its certificate"},
        {key + above + good, "", order},
        {key + trial::other, "", strangers},
        {key + good + trial::other_key, "", "a private key is not followed by its certificate"},
        {sealed + good, "", encrypted},
        {sealed_of_old + good, "", encrypted},
        {key + good + above, "", ""},
    };
    const Row pairs[] = {
        {"", key, "there is no certificate in it"},
        {good, "", no_key},
        {good, sealed, encrypted},
        {good, sealed_of_old, encrypted},
        {above + good, key, order},
        {trial::other, key, strangers},
        {good + above, key, ""},
    };
    for (const Row& row : chains) {
        std::string file = scratch.file("chain.pem", row.certificate);
        EXPECT_EQ(problem("smtpd_tls_chain_files = " + file),
                  *row.expected == '\0'
                      ? ""
                      : base::text("main.cf, line 2: smtpd_tls_chain_files: DIR/chain.pem: ",
                                   row.expected));
    }
    for (const Row& row : pairs) {
        std::string lines = "smtpd_tls_cert_file = " + scratch.file("cert.pem", row.certificate) +
                            "\nsmtpd_tls_key_file = " + scratch.file("key.pem", row.key);
        EXPECT_EQ(problem(lines),
                  *row.expected == '\0'
                      ? ""
                      : base::text("main.cf, line 2: smtpd_tls_cert_file, smtpd_tls_key_file: "
                                   "DIR/cert.pem, DIR/key.pem: ",
                                   row.expected));
    }
}

TEST_F(TlsSettings, AreCheckedBeforeTheStart) {
    auto check = [&](const std::string& lines, const char* service) {
        scratch.file("master.cf", service);
        std::string found;
        for (const config::Problem& problem : tls::check_servers(settings(lines)))
            found += (problem.fatal ? "stop " : "warn ") +
                     problem.text.substr(0, problem.text.find(": no ")) + "\n";
        return found;
    };
    const char* plain = "25 inet n - n - - smtpd\n";
    const char* wrapped = "465 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n";
    const char* demanding = "587 inet n - n - - smtpd -o smtpd_tls_security_level=encrypt\n";
    EXPECT_EQ(check("", plain), "");
    EXPECT_EQ(check("smtpd_tls_security_level = may", plain), "warn smtpd_tls_chain_files\n");
    EXPECT_EQ(check("", wrapped), "stop smtpd_tls_chain_files\n");
    EXPECT_EQ(check("", demanding), "stop smtpd_tls_chain_files\n");
    EXPECT_EQ(check("tls_server_sni_maps = hash:/x", demanding), "");
}

}  // namespace
