// Handshakes of both sides: who is verified by what, which versions and ciphers, what fails how.
#include "lib/tls/handshake.h"

#include "lib/base/text.h"
#include "tests/unit/lib/tls/world.h"

namespace {

using namespace std::chrono_literals;
using tls::Check;
using tls::Wish;
using trial::World;

std::string chain(const char* key, const char* certificate) {
    return std::string(key) + certificate;
}

Wish names(std::vector<std::string> wanted) {
    Wish wish;
    wish.mandatory = true;
    wish.check = Check::names;
    wish.names = std::move(wanted);
    return wish;
}

struct TlsHandshake : World {};

TEST_F(TlsHandshake, JudgesACertificateByWhatWasWishedFor) {
    struct Row {
        const char* what;
        const char* key;
        const char* certificate;
        Wish wish;
        const char* expected;
    };
    Wish opportunistic, fingerprint, wrong_fingerprint;
    fingerprint.check = wrong_fingerprint.check = Check::fingerprints;
    client();
    server(chain(trial::selfsigned_key, trial::selfsigned));
    meet(opportunistic);
    fingerprint.fingerprints = {"AA", base::lower(near.facts.key_fingerprint)};
    wrong_fingerprint.fingerprints = {"AA:BB"};
    const Row rows[] = {
        {"good, may", trial::good_key, trial::good, opportunistic, "Trusted"},
        {"self-signed, may", trial::selfsigned_key, trial::selfsigned, opportunistic,
         "Untrusted: self-signed certificate"},
        {"good, verify", trial::good_key, trial::good, names({"mx.example"}), "Verified"},
        {"good, capitals", trial::good_key, trial::good, names({"MX.Example"}), "Verified"},
        {"good, second name", trial::good_key, trial::good, names({"a.example", "mx.example"}),
         "Verified"},
        {"good, below a dot", trial::good_key, trial::good, names({".example"}), "Verified"},
        {"good, below another", trial::good_key, trial::good, names({".mx.example"}),
         "Untrusted: num=62:hostname mismatch"},
        {"good, wildcard", trial::good_key, trial::good, names({"a.wild.example"}), "Verified"},
        {"good, wildcard of two labels", trial::good_key, trial::good, names({"a.b.wild.example"}),
         "Verified"},
        {"wrong name", trial::other_key, trial::other, names({"mx.example"}),
         "Untrusted: num=62:hostname mismatch"},
        {"expired", trial::old_key, trial::old, names({"mx.example"}),
         "Untrusted: certificate has expired"},
        {"self-signed, verify", trial::selfsigned_key, trial::selfsigned, names({"mx.example"}),
         "Untrusted: self-signed certificate"},
        {"for clients only", trial::client_key, trial::client, names({"client.example"}),
         "Untrusted: not designated for use as a server certificate"},
        {"fingerprint of the key", trial::selfsigned_key, trial::selfsigned, fingerprint,
         "Verified"},
        {"another fingerprint", trial::good_key, trial::good, wrong_fingerprint,
         "Untrusted: not trusted by local or TLSA policy"},
    };
    for (const Row& row : rows) {
        server(chain(row.key, row.certificate));
        EXPECT_EQ(outcome(row.wish), row.expected) << row.what;
    }
}

TEST_F(TlsHandshake, WildcardsStandForOneLabelWhenToldSo) {
    server(chain(trial::good_key, trial::good));
    client("tls_wildcard_matches_multiple_labels = no");
    EXPECT_EQ(outcome(names({"a.wild.example"})), "Verified");
    EXPECT_EQ(outcome(names({"a.b.wild.example"})), "Untrusted: num=62:hostname mismatch");
}

TEST_F(TlsHandshake, TrustAnchorsOfAFileStandAlone) {
    client("smtp_tls_trust_anchor_file = " + scratch.file("anchor.pem", trial::selfsigned));
    server(chain(trial::good_key, trial::good));
    EXPECT_EQ(outcome(names({"mx.example"})).substr(0, 9), "Untrusted");
    Wish own = names({"mx.example"});
    own.trust_anchor_files = {scratch.folder + "/anchor.pem", scratch.folder + "/ca.pem"};
    EXPECT_EQ(outcome(own), "Verified");
    own.names = {"no.example"};
    EXPECT_EQ(outcome(own), "Untrusted: num=62:hostname mismatch");
    own.trust_anchor_files = {"/nowhere"};
    EXPECT_EQ(outcome(own), "failed: No such file or directory");
}

TEST_F(TlsHandshake, NegotiatesWhatBothAllow) {
    struct Row {
        const char* client;
        const char* server;
        const char* protocol;
    };
    const Row rows[] = {
        {"", "", "TLSv1.3"},
        {"smtp_tls_protocols = <=TLSv1.2", "", "TLSv1.2"},
        {"smtp_tls_protocols = TLSv1.2", "", "TLSv1.2"},
        {"", "smtpd_tls_protocols = !TLSv1.3", "TLSv1.2"},
        {"smtp_tls_protocols = >=0304", "smtpd_tls_protocols = !TLSv1.3", ""},
        {"smtp_tls_exclude_ciphers = AESGCM\nsmtp_tls_protocols = TLSv1.2",
         "smtpd_tls_exclude_ciphers = CHACHA20, AESCCM, AESCCM8, ARIA, CAMELLIA, SHA1, SHA256, "
         "SHA384",
         ""},
        {"smtp_tls_mandatory_protocols = TLSv1.2", "smtpd_tls_mandatory_protocols = TLSv1.2",
         "TLSv1.3"},
    };
    for (const Row& row : rows) {
        server(chain(trial::good_key, trial::good), row.server);
        client(row.client);
        meet(Wish());
        EXPECT_EQ(near.facts.protocol, row.protocol) << row.client;
        EXPECT_EQ(near.wire == nullptr, *row.protocol == '\0') << row.client;
    }
}

TEST_F(TlsHandshake, TellsBothSidesTheSameBindings) {
    server(chain(trial::good_key, trial::good));
    for (const char* version : {"TLSv1.2", "TLSv1.3"}) {
        client("smtp_tls_protocols = " + std::string(version));
        meet(Wish());
        EXPECT_EQ(near.facts.exporter_binding.size(), 32u);
        EXPECT_EQ(near.facts.exporter_binding, far.facts.exporter_binding);
        EXPECT_EQ(near.facts.unique_binding, far.facts.unique_binding);
        EXPECT_EQ(near.facts.unique_binding.size(), version[6] == '2' ? 12u : 0u);
        EXPECT_EQ(near.facts.end_point_binding, far.facts.end_point_binding);
        EXPECT_EQ(near.facts.end_point_binding.size(), 32u);
    }
}

TEST_F(TlsHandshake, WordsTheLinesOfTheLog) {
    server(chain(trial::good_key, trial::good));
    client();
    meet(names({"mx.example"}));
    const std::string parameters =
        "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 "
        "server-signature ECDSA (prime256v1) server-digest SHA256";
    EXPECT_EQ(near.facts.established_to("mx.example[192.0.2.1]:25"),
              "Verified TLS connection established to mx.example[192.0.2.1]:25: " + parameters);
    EXPECT_EQ(near.facts.reused_to("a[b]:25"),
              "Verified TLS connection reused to a[b]:25: " + parameters);
    EXPECT_EQ(far.facts.established_from("unknown[192.0.2.2]"),
              "Anonymous TLS connection established from unknown[192.0.2.2]: " + parameters);
    EXPECT_EQ(far.facts.received_clause(false),
              "(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n"
              "\t key-exchange X25519 server-signature ECDSA (prime256v1) server-digest SHA256)\n"
              "\t(No client certificate requested)");
}

TEST_F(TlsHandshake, AsksClientsForCertificates) {
    scratch.file("client.pem", chain(trial::client_key, trial::client));
    server(chain(trial::good_key, trial::good),
           "smtpd_tls_ask_ccert = yes\nsmtpd_tls_CAfile = " + scratch.folder + "/ca.pem");
    client();
    meet(Wish());
    EXPECT_FALSE(far.facts.has_certificate());
    EXPECT_NE(far.facts.received_clause(true).find("(Client did not present a certificate)"),
              std::string::npos);
    client("smtp_tls_cert_file = " + scratch.folder + "/client.pem");
    meet(Wish());
    EXPECT_EQ(far.facts.peer, tls::PeerStatus::trusted);
    EXPECT_NE(far.facts.received_clause(true).find(
                  "\n\t client-signature ECDSA (prime256v1) client-digest SHA256)\n"
                  "\t(Client CN \"client.example\", Issuer \"Trial CA\" (verified OK))"),
              std::string::npos);
    EXPECT_EQ(far.facts.subject, "/CN=client.example/O=Clients");
    scratch.file("client.pem", chain(trial::selfsigned_key, trial::selfsigned));
    client("smtp_tls_cert_file = " + scratch.folder + "/client.pem");
    meet(Wish());
    EXPECT_EQ(far.facts.peer, tls::PeerStatus::untrusted);
    EXPECT_EQ(far.facts.problem, "self-signed certificate");
}

TEST_F(TlsHandshake, ChoosesTheCertificateByName) {
    server(chain(trial::good_key, trial::good), "", nullptr,
           [](std::string_view name) -> std::optional<std::string> {
               if (name == "other.example" || name == ".below.example")
                   return chain(trial::other_key, trial::other);
               if (name == "broken.example")
                   return "nonsense";
               return std::nullopt;
           });
    client();
    struct Row {
        const char* name;
        const char* subject;
        const char* seen;
    };
    for (const Row& row : {Row{"", "mx.example", ""}, Row{"mx.example", "mx.example", ""},
                           Row{"OTHER.example", "other.example", "other.example"},
                           Row{"a.b.below.example", "other.example", "a.b.below.example"},
                           Row{"broken.example", "", ""}}) {
        Wish wish;
        wish.server_name = row.name;
        meet(wish);
        EXPECT_EQ(near.facts.subject_cn, row.subject) << row.name;
        EXPECT_EQ(far.facts.server_name, row.seen) << row.name;
    }
}

TEST_F(TlsHandshake, WorksByteByByte) {
    capacity = 1;
    server(chain(trial::rsa_key, trial::rsa));
    client();
    EXPECT_EQ(outcome(Wish()), "Untrusted: self-signed certificate");
    EXPECT_EQ(near.facts.server_signature.detail, "2048 bits");
}

TEST_F(TlsHandshake, FailureIsAValue) {
    client();
    struct Row {
        const char* sent;
        bool closes;
        const char* error;
    };
    for (const Row& row : {Row{"", true, "lost connection"},
                           Row{"220 no TLS here\r\n", false, "wrong version number"},
                           Row{"", false, "Connection timed out"}}) {
        auto [here, there] = io::wire_pair();
        near = tls::Handshake();
        io::Scope scope;
        scope.spawn(trial::dial(std::move(here), *client_context, near, Wish(), loop.now() + 5s));
        loop.run_until_idle();
        there->try_write(row.sent);
        if (row.closes)
            there.reset();
        loop.run_until_idle();
        clock.advance(6s);
        loop.run_until_idle();
        EXPECT_FALSE(near.wire);
        EXPECT_EQ(near.error, row.error);
        EXPECT_EQ(near.library_errors.size(), *row.sent == '\0' ? 0u : 1u);
    }
}

}  // namespace
