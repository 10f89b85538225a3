// Options is what main.cf says to the SMTP server, read once at start.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/time.h"
#include "lib/cleanup/options.h"
#include "lib/config/networks.h"
#include "lib/config/settings.h"
#include "smtpd/client_limits.h"
#include "smtpd/tls_options.h"

namespace smtpd {

// What becomes of a line that ends in a bare LF. It never ends a message, whatever is set here.
enum class BareLf {
    accept,  // it is a line end like CRLF
    note,    // that, and the disconnect line says so
    reject,  // the session ends
};

struct Options {
    std::string myhostname;
    std::string banner;
    base::Duration timeout = std::chrono::seconds(300);
    size_t line_length_limit = 2048;

    uint64_t message_size_limit = 10240000;  // 0: none
    size_t recipient_limit = 1000;
    size_t recipient_overshoot_limit = 1000;
    size_t soft_error_limit = 10;
    size_t hard_error_limit = 20;
    size_t junk_command_limit = 100;
    base::Duration error_sleep_time = std::chrono::seconds(1);

    bool helo_required = false;
    bool disable_vrfy = false;
    bool strict_envelopes = false;
    bool takes_requiretls = true;  // of clients under TLS (requiretls_enable)
    bool names_login = false;      // in Received: (smtpd_sasl_authenticated_header)
    bool soft_bounce = false;      // refusals for good become refusals for now
    bool forbid_unauth_pipelining = true;
    std::vector<std::string> noop_commands;
    std::vector<std::string> discarded_ehlo_keywords;
    BareLf bare_lf = BareLf::accept;
    int bare_lf_reject_code = 550;

    ClientLimits client_limits;
    TlsOptions tls;
    cleanup::Options cleanup;

    static Options from(const config::Settings& settings);
};

}  // namespace smtpd
