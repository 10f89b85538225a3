// The parameters of TLS connections passed on by other programs (not built yet).
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    not_built(text("tlsproxy_client_CAfile", "$smtp_tls_CAfile", "smtp_tls_CAfile for connections that other programs pass on")),
    not_built(text("tlsproxy_client_CApath", "$smtp_tls_CApath", "smtp_tls_CApath for connections that other programs pass on")),
    not_built(text("tlsproxy_client_cert_file", "$smtp_tls_cert_file", "smtp_tls_cert_file for connections that other programs pass on")),
    not_built(list("tlsproxy_client_chain_files", "$smtp_tls_chain_files", "smtp_tls_chain_files for connections that other programs pass on")),
    not_built(text("tlsproxy_client_dcert_file", "$smtp_tls_dcert_file", "smtp_tls_dcert_file for connections that other programs pass on")),
    not_built(text("tlsproxy_client_dkey_file", "$smtp_tls_dkey_file", "smtp_tls_dkey_file for connections that other programs pass on")),
    not_built(text("tlsproxy_client_eccert_file", "$smtp_tls_eccert_file", "smtp_tls_eccert_file for connections that other programs pass on")),
    not_built(text("tlsproxy_client_eckey_file", "$smtp_tls_eckey_file", "smtp_tls_eckey_file for connections that other programs pass on")),
    not_built(flag("tlsproxy_client_enforce_tls", "$smtp_enforce_tls", "smtp_enforce_tls for connections that other programs pass on")),
    not_built(text("tlsproxy_client_fingerprint_digest", "$smtp_tls_fingerprint_digest", "smtp_tls_fingerprint_digest for connections that other programs pass on")),
    not_built(text("tlsproxy_client_key_file", "$smtp_tls_key_file", "smtp_tls_key_file for connections that other programs pass on")),
    not_built(text("tlsproxy_client_loglevel", "$smtp_tls_loglevel", "smtp_tls_loglevel for connections that other programs pass on")),
    moot(text("tlsproxy_client_loglevel_parameter", "smtp_tls_loglevel", "only a debugging aid needs it")),
    not_built(text("tlsproxy_client_per_site", "$smtp_tls_per_site", "smtp_tls_per_site for connections that other programs pass on")),
    not_built(text("tlsproxy_client_policy_maps", "${tlsproxy_client_policy?{$tlsproxy_client_policy}:{$smtp_tls_policy_maps}}", "smtp_tls_policy_maps for connections that other programs pass on")),
    not_built(number("tlsproxy_client_scert_verifydepth", "$smtp_tls_scert_verifydepth", 0, most_int, "smtp_tls_scert_verifydepth for connections that other programs pass on")),
    not_built(text("tlsproxy_client_security_level", "${tlsproxy_client_level?{$tlsproxy_client_level}:{$smtp_tls_security_level}}", "smtp_tls_security_level for connections that other programs pass on")),
    not_built(flag("tlsproxy_client_use_tls", "$smtp_use_tls", "smtp_use_tls for connections that other programs pass on")),
    not_built(flag("tlsproxy_enforce_tls", "$smtpd_enforce_tls", "smtpd_enforce_tls for connections that other programs pass on")),
    moot(word("tlsproxy_service_name", "tlsproxy", "each program speaks TLS itself")),
    not_built(text("tlsproxy_tls_CAfile", "$smtpd_tls_CAfile", "smtpd_tls_CAfile for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_CApath", "$smtpd_tls_CApath", "smtpd_tls_CApath for connections that other programs pass on")),
    not_built(flag("tlsproxy_tls_always_issue_session_ids", "$smtpd_tls_always_issue_session_ids", "smtpd_tls_always_issue_session_ids for connections that other programs pass on")),
    not_built(flag("tlsproxy_tls_ask_ccert", "$smtpd_tls_ask_ccert", "smtpd_tls_ask_ccert for connections that other programs pass on")),
    not_built(number("tlsproxy_tls_ccert_verifydepth", "$smtpd_tls_ccert_verifydepth", 0, most_int, "smtpd_tls_ccert_verifydepth for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_cert_file", "$smtpd_tls_cert_file", "smtpd_tls_cert_file for connections that other programs pass on")),
    not_built(list("tlsproxy_tls_chain_files", "$smtpd_tls_chain_files", "smtpd_tls_chain_files for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_ciphers", "$smtpd_tls_ciphers", "smtpd_tls_ciphers for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_dcert_file", "$smtpd_tls_dcert_file", "smtpd_tls_dcert_file for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_dh1024_param_file", "$smtpd_tls_dh1024_param_file", "smtpd_tls_dh1024_param_file for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_dh512_param_file", "$smtpd_tls_dh512_param_file", "smtpd_tls_dh512_param_file for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_dkey_file", "$smtpd_tls_dkey_file", "smtpd_tls_dkey_file for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_eccert_file", "$smtpd_tls_eccert_file", "smtpd_tls_eccert_file for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_eckey_file", "$smtpd_tls_eckey_file", "smtpd_tls_eckey_file for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_eecdh_grade", "$smtpd_tls_eecdh_grade", "smtpd_tls_eecdh_grade for connections that other programs pass on")),
    not_built(flag("tlsproxy_tls_enable_rpk", "$smtpd_tls_enable_rpk", "smtpd_tls_enable_rpk for connections that other programs pass on")),
    not_built(list("tlsproxy_tls_exclude_ciphers", "$smtpd_tls_exclude_ciphers", "smtpd_tls_exclude_ciphers for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_fingerprint_digest", "$smtpd_tls_fingerprint_digest", "smtpd_tls_fingerprint_digest for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_key_file", "$smtpd_tls_key_file", "smtpd_tls_key_file for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_loglevel", "$smtpd_tls_loglevel", "smtpd_tls_loglevel for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_mandatory_ciphers", "$smtpd_tls_mandatory_ciphers", "smtpd_tls_mandatory_ciphers for connections that other programs pass on")),
    not_built(list("tlsproxy_tls_mandatory_exclude_ciphers", "$smtpd_tls_mandatory_exclude_ciphers", "smtpd_tls_mandatory_exclude_ciphers for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_mandatory_protocols", "$smtpd_tls_mandatory_protocols", "smtpd_tls_mandatory_protocols for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_protocols", "$smtpd_tls_protocols", "smtpd_tls_protocols for connections that other programs pass on")),
    not_built(flag("tlsproxy_tls_req_ccert", "$smtpd_tls_req_ccert", "smtpd_tls_req_ccert for connections that other programs pass on")),
    not_built(text("tlsproxy_tls_security_level", "$smtpd_tls_security_level", "smtpd_tls_security_level for connections that other programs pass on")),
    not_built(flag("tlsproxy_use_tls", "$smtpd_use_tls", "smtpd_use_tls for connections that other programs pass on")),
    moot(time("tlsproxy_watchdog_timeout", "10s", 1, most_int, "each program speaks TLS itself")),
};
// clang-format on

Rows tlsproxy_rows() {
    return rows;
}

}  // namespace config
