// TlsDialogue is a RelayWorld whose servers have a certificate, and whose relays TLS policies.
#pragma once

#include "tests/unit/lib/tls/world.h"
#include "tests/unit/smtp/relay_world.h"

namespace smtp_test {

inline Script joined(std::initializer_list<Script> parts) {
    Script all;
    for (const Script& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

// Parts of what servers do.
namespace dialogue {

inline const Script hello = {"S 220 mx ESMTP", "C EHLO", "S 250-mx\r\n250-SIZE 10\r\n250 STARTTLS"};
inline const Script starttls = {"C STARTTLS", "S 220 go", "Y"};
inline const Script again = {"C EHLO", "S 250 mx"};
inline const Script plain = {"S 220 mx ESMTP", "C EHLO", "S 250 mx"};
inline const Script message = {"C MAIL", "S 250 ok", "C RCPT", "S 250 ok",
                               "C DATA", "S 354 go", "D",      "S 250 taken"};
inline const Script end = {"E"};
inline const Script gone = {"Z"};

}  // namespace dialogue

struct TlsDialogue : RelayWorld {
    static constexpr const char* relay = "[mx.example]";
    static constexpr const char* list = "[mx.example], [192.0.2.2]";
    static constexpr const char* line =
        "TLS connection established to mx.example[192.0.2.1]:25: "
        "TLSv1.3 with cipher ";
    trial::Scratch scratch;
    std::unique_ptr<tls::ServerContext> server_context;
    std::unique_ptr<dict::Tables> tables;
    std::string more = "smtp_requiretls_policy = enforce\n";  // of main.cf, for level()
    bool heeds_optional = true;

    TlsDialogue() {
        names.a("mx.example", "192.0.2.1");
        scratch.file("ca.pem", trial::ca);
        show(std::string(trial::good_key) + trial::good);
        level("secure");
    }
    config::Settings settings(const std::string& lines) const {
        return config::Settings::from(
            config::MainCf::parse("compatibility_level = 3.12\n" + lines, "main.cf"),
            scratch.folder);
    }
    // The servers' key and certificate.
    void show(const std::string& chain) {
        config::Settings read =
            settings("smtpd_tls_chain_files = " + scratch.file("server.pem", chain) + "\n");
        server_context = std::make_unique<tls::ServerContext>(read);
        dialer.server_tls = server_context.get();
    }
    // Of the first relay, with attributes; the second has none.
    void level(const std::string& policy, const std::string& of = relay) {
        config::Settings read = settings(
            "smtp_tls_loglevel = 1\nsmtp_tls_CAfile = " + scratch.folder +
            "/ca.pem\nsmtp_tls_policy_maps = inline:{{" + of + " = " + policy + "}}\n" + more);
        tables = std::make_unique<dict::Tables>(read);
        config::OwnSettings own(read, "smtp");
        options.approaches = std::make_shared<smtp::Approaches>(
            nexthop::TlsPolicies::of(own, *tables), smtp::Logins::from(own, *tables));
        options.approaches->heed(nexthop::RequireTlsPolicies::of(own, *tables), heeds_optional);
        options.tls = std::make_shared<tls::ClientContext>(own);
    }
    // Mail that came so long ago.
    ipc::DeliveryRequest waited(base::Duration time) {
        ipc::DeliveryRequest made = request({"r@x.example"}, relay);
        made.active_since += time;
        made.configured = true;
        return made;
    }
};

}  // namespace smtp_test
