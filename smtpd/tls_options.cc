#include "smtpd/tls_options.h"

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/values.h"

namespace smtpd {

namespace {

enum class Level { none, may, encrypt };

// The level by its own parameter or, where that is empty, by the older ones.
Level level_of(const config::Settings& settings) {
    std::string level = settings.text("smtpd_tls_security_level");
    bool older = level.empty();
    if (level == "encrypt" || (older && settings.flag("smtpd_enforce_tls")))
        return Level::encrypt;
    if (level == "may" || (older && settings.flag("smtpd_use_tls")))
        return Level::may;
    if (older || level == "none")
        return Level::none;
    base::log::warning(base::text(settings.where("smtpd_tls_security_level"),
                                  ": smtpd_tls_security_level: unsupported TLS level \"", level,
                                  "\", using \"encrypt\""));
    return Level::encrypt;
}

}  // namespace

TlsOptions TlsOptions::from(const config::Settings& settings) {
    TlsOptions options;
    Level level = level_of(settings);
    options.from_start = settings.flag("smtpd_tls_wrappermode");
    options.offered = level != Level::none && !options.from_start;
    options.demanded = level == Level::encrypt || options.from_start;
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

std::vector<std::string> certificate_files(const config::Settings& settings) {
    static constexpr std::string_view parameters[] = {
        "smtpd_tls_chain_files",      "smtpd_tls_cert_file",  "smtpd_tls_key_file",
        "smtpd_tls_eccert_file",      "smtpd_tls_eckey_file", "smtpd_tls_dcert_file",
        "smtpd_tls_dkey_file",        "smtpd_tls_CAfile",     "smtpd_tls_CApath",
        "smtpd_tls_dh1024_param_file"};
    std::vector<std::string> files;
    for (std::string_view parameter : parameters)
        for (std::string& file : config::parse_list(settings.value(parameter)))
            files.push_back(std::move(file));
    return files;
}

}  // namespace smtpd
