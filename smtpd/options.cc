#include "smtpd/options.h"

#include "lib/base/text.h"

namespace smtpd {

namespace {

BareLf bare_lf_choice(std::string_view choice) {
    if (choice == "note")
        return BareLf::note;
    return choice == "reject" ? BareLf::reject : BareLf::accept;
}

size_t count(const config::Settings& settings, std::string_view name) {
    return static_cast<size_t>(settings.number(name));
}

}  // namespace

Options Options::from(const config::Settings& settings) {
    Options options;
    options.myhostname = settings.text("myhostname");
    options.banner = settings.text("smtpd_banner");
    options.timeout = settings.time("smtpd_timeout");
    options.line_length_limit = count(settings, "line_length_limit");
    options.message_size_limit = settings.size("message_size_limit");
    options.recipient_limit = count(settings, "smtpd_recipient_limit");
    options.recipient_overshoot_limit = count(settings, "smtpd_recipient_overshoot_limit");
    options.soft_error_limit = count(settings, "smtpd_soft_error_limit");
    options.hard_error_limit = count(settings, "smtpd_hard_error_limit");
    options.junk_command_limit = count(settings, "smtpd_junk_command_limit");
    options.error_sleep_time = settings.time("smtpd_error_sleep_time");
    options.helo_required = settings.flag("smtpd_helo_required");
    options.disable_vrfy = settings.flag("disable_vrfy_command");
    options.takes_requiretls = settings.flag("requiretls_enable");
    options.names_login = settings.flag("smtpd_sasl_authenticated_header");
    options.soft_bounce = settings.flag("soft_bounce");
    options.strict_envelopes = settings.flag("strict_rfc821_envelopes");
    options.forbid_unauth_pipelining = settings.flag("smtpd_forbid_unauth_pipelining");
    options.noop_commands = settings.list("smtpd_noop_commands");
    options.discarded_ehlo_keywords = settings.list("smtpd_discard_ehlo_keywords");
    options.bare_lf = bare_lf_choice(settings.text("smtpd_forbid_bare_newline"));
    options.bare_lf_reject_code =
        static_cast<int>(settings.number("smtpd_forbid_bare_newline_reject_code"));
    options.client_limits = ClientLimits::from(settings);
    options.tls = TlsOptions::from(settings);
    options.cleanup = cleanup::Options::from(settings);
    return options;
}

}  // namespace smtpd
