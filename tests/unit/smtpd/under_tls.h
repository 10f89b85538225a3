// Dialogues under TLS, with certificates on both sides.
#pragma once

#include <optional>
#include <string>

#include "lib/tls/client_context.h"
#include "lib/tls/server_context.h"
#include "tests/unit/lib/tls/world.h"
#include "tests/unit/smtpd/dialogue.h"

namespace smtpd_test {

class StartTls : public Dialogue {
  protected:
    StartTls() { options.tls.offered = true; }
};

class UnderTls : public StartTls {
  protected:
    void start(const std::string& server_lines = "", const std::string& client_lines = "") {
        std::string chain = scratch.file("server.pem", std::string(trial::good_key) + trial::good);
        scratch.file("ca.pem", trial::ca);
        server_.emplace(settings("smtpd_tls_chain_files = " + chain + "\nsmtpd_tls_loglevel = 1\n" +
                                 server_lines));
        client_.emplace(config::OwnSettings(settings(client_lines), "smtp"));
        server_tls = &*server_;
        client_tls = &*client_;
    }
    config::Settings settings(const std::string& lines) const {
        return config::Settings::from(
            config::MainCf::parse("compatibility_level = 3.12\n" + lines, "main.cf"),
            scratch.folder);
    }

    trial::Scratch scratch;

  private:
    std::optional<tls::ServerContext> server_;
    std::optional<tls::ClientContext> client_;
};

inline const std::string ready = "220 2.0.0 Ready to start TLS\r\n";
inline const std::string offering =
    "250-mx.example.com\r\n250-PIPELINING\r\n250-SIZE 10000\r\n250-VRFY\r\n250-ETRN\r\n"
    "250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250 CHUNKING\r\n";
inline const std::string secret_capabilities =
    capabilities.substr(0, capabilities.rfind("250 ")) + "250-CHUNKING\r\n250 REQUIRETLS\r\n";

}  // namespace smtpd_test
