// The parameters of TLS in the SMTP client (not built yet).
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    flag("requiretls_enable", "yes", "takes mail that demands TLS on all its way"),
    flag("requiretls_esmtp_header", "yes", "keeps that demand in a header for content filters"),
    flag("requiretls_redact_dsn", "yes", "leaves content out of reports about such mail"),
    text("smtp_requiretls_policy", "inline:{{${domain_to_ascii{$mydomain}}=opportunistic}, {.${domain_to_ascii{$mydomain}}=opportunistic}, {localhost=opportunistic}}, cidr:{{0.0.0.0/0 opportunistic}, {::/0 opportunistic}}, enforce", "how mail that demands TLS is treated, by destination"),
    time("smtp_starttls_timeout", "300s", 1, most_int, "how long a TLS handshake may take"),
    flag("smtp_tls_block_early_mail_reply", "no", "notices replies sent ahead under TLS"),
    flag("smtp_tls_connection_reuse", "yes", "keeps TLS connections too"),
    choice("smtp_tls_dane_insecure_mx_policy", "${{$smtp_tls_security_level} == {dane} ? {dane} : {may}}", "may|encrypt|dane", "the level for servers found by unsigned MX records"),
    text("smtp_tls_dcert_file", "", "the client's DSA certificate"),
    text("smtp_tls_dkey_file", "$smtp_tls_dcert_file", "the client's DSA key"),
    text("smtp_tls_eccert_file", "", "the client's ECDSA certificate"),
    text("smtp_tls_eckey_file", "$smtp_tls_eccert_file", "the client's ECDSA key"),
    not_built(flag("smtp_tls_enable_rpk", "no", "takes bare public keys in place of certificates")),
    flag("smtp_tls_enforce_peername", "yes", "checks the server's name in its certificate"),
    flag("smtp_tls_enforce_sts_mx_patterns", "yes", "holds servers to the names of an MTA-STS policy"),
    list("smtp_tls_exclude_ciphers", "", "ciphers that are never used"),
    list("smtp_tls_fingerprint_cert_match", "", "fingerprints that a server's certificate may have"),
    text("smtp_tls_fingerprint_digest", "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}", "the digest of fingerprints"),
    flag("smtp_tls_force_insecure_host_tlsa_lookup", "no", "looks for TLSA records of unsigned hosts too"),
    list("smtp_tls_mandatory_exclude_ciphers", "", "ciphers never used where TLS is demanded"),
    number("smtp_tls_scert_verifydepth", "9", 0, most_int, "the longest chain of certificates"),
    list("smtp_tls_secure_cert_match", "nexthop, dot-nexthop", "names that a certificate may have at level secure"),
    text("smtp_tls_servername", "", "the name asked for in SNI"),
    time("smtp_tls_session_cache_timeout", "3600s", 0, most_int, "how long a TLS session is remembered"),
    list("smtp_tls_trust_anchor_file", "", "files of certificates that are trusted alone"),
    list("smtp_tls_verify_cert_match", "hostname", "names that a certificate may have at level verify"),
    not_built(flag("smtp_tlsrpt_enable", "no", "reports TLS trouble to a local collector")),
    not_built(flag("smtp_tlsrpt_skip_reused_handshakes", "no", "leaves resumed sessions out of such reports")),
    not_built(text("smtp_tlsrpt_socket_name", "", "the socket of that collector")),
    flag("tls_required_enable", "yes", "honours the header TLS-Required: no"),
    choice("smtp_tls_security_level", "${{$compatibility_level} <level {3.11} ? {} : {may}}", "|none|may|encrypt|dane|dane-only|fingerprint|verify|secure", "whether TLS is used or demanded"),
    flag("smtp_enforce_tls", "no", "an older form of smtp_tls_security_level = encrypt"),
    flag("smtp_use_tls", "no", "an older form of smtp_tls_security_level = may"),
    flag("smtp_tls_wrappermode", "no", "TLS from the first byte"),
    text("smtp_tls_policy_maps", "", "tables that give the TLS policy of a destination"),
    text("smtp_tls_per_site", "", "an older form of smtp_tls_policy_maps"),
    text("smtp_tls_CAfile", "", "the file of trusted certificate authorities"),
    text("smtp_tls_CApath", "", "the directory of trusted certificate authorities"),
    text("smtp_tls_cert_file", "", "the client's certificate"),
    text("smtp_tls_key_file", "$smtp_tls_cert_file", "the client's key"),
    list("smtp_tls_chain_files", "", "the client's keys with certificates"),
    text("smtp_tls_loglevel", "0", "how much of TLS is logged"),
    text("smtp_tls_session_cache_database", "", "the table of TLS sessions"),
    text("smtp_tls_mandatory_protocols", ">=TLSv1", "TLS versions where TLS is demanded"),
    text("smtp_tls_protocols", ">=TLSv1", "TLS versions where TLS is not demanded"),
    text("smtp_tls_mandatory_ciphers", "medium", "ciphers where TLS is demanded"),
    text("smtp_tls_ciphers", "medium", "ciphers where TLS is not demanded"),
    flag("smtp_tls_note_starttls_offer", "no", "logs servers that offer TLS"),
};
// clang-format on

Rows tls_client_rows() {
    return rows;
}

}  // namespace config
