#include "smtpd/tls_options.h"

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/tls/check.h"

namespace smtpd {

TlsOptions TlsOptions::from(const config::Settings& settings) {
    TlsOptions options;
    std::string named = settings.text("smtpd_tls_security_level");
    if (named != "" && named != "none" && named != "may" && named != "encrypt")
        base::log::warning(base::text(settings.where("smtpd_tls_security_level"),
                                      ": smtpd_tls_security_level: unsupported TLS level \"", named,
                                      "\", using \"encrypt\""));
    options.from_start = settings.flag("smtpd_tls_wrappermode");
    options.offered = tls::server_offers(settings) && !options.from_start;
    options.demanded = tls::server_demands(settings);
    options.shown_in_received = settings.flag("smtpd_tls_received_header");
    options.handshake_time = settings.time("smtpd_starttls_timeout");
    bool certificate_demanded = settings.flag("smtpd_tls_req_ccert");
    options.asks_certificate = certificate_demanded || settings.flag("smtpd_tls_ask_ccert");
    options.client_trusted = certificate_demanded && options.demanded;
    if (certificate_demanded && options.offered && !options.demanded)
        base::log::warning(
            "smtpd_tls_req_ccert: cannot demand certificates of clients that may do "
            "without TLS");
    return options;
}

}  // namespace smtpd
