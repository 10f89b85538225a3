// The parameters of TLS in the SMTP server, and those of TLS itself (not built yet).
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    list("relay_clientcerts", "", "tables of client certificates that may relay"),
    time("smtpd_starttls_timeout", "${stress?{10}:{300}}s", 1, most_int, "how long a TLS handshake may take"),
    flag("smtpd_tls_always_issue_session_ids", "yes", "gives clients a session ID though it is not kept"),
    number("smtpd_tls_ccert_verifydepth", "9", 0, most_int, "the longest chain of certificates"),
    text("smtpd_tls_dcert_file", "", "the server's DSA certificate"),
    moot(text("smtpd_tls_dh512_param_file", "", "such keys are too weak for any use")),
    text("smtpd_tls_dkey_file", "$smtpd_tls_dcert_file", "the server's DSA key"),
    text("smtpd_tls_eccert_file", "", "the server's ECDSA certificate"),
    text("smtpd_tls_eckey_file", "$smtpd_tls_eccert_file", "the server's ECDSA key"),
    text("smtpd_tls_eecdh_grade", "auto", "the strength of elliptic curves"),
    not_built(flag("smtpd_tls_enable_rpk", "no", "offers bare public keys in place of certificates")),
    list("smtpd_tls_exclude_ciphers", "", "ciphers that are never used"),
    text("smtpd_tls_fingerprint_digest", "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}", "the digest of fingerprints"),
    list("smtpd_tls_mandatory_exclude_ciphers", "", "ciphers never used where TLS is demanded"),
    time("smtpd_tls_expiry_warning_time", "7d", 0, most_int, "how long before it expires a certificate of the server is warned of"),
    time("smtpd_tls_session_cache_timeout", "3600s", 0, most_int, "how long a TLS session is remembered"),
    flag("tls_append_default_CA", "no", "trusts the system's certificate authorities too"),
    text("tls_config_file", "default", "the configuration file of the TLS library"),
    text("tls_config_name", "", "the name in that file"),
    moot(number("tls_daemon_random_bytes", "32", 0, most_int, "random numbers come from the kernel")),
    list("tls_dane_digests", "sha512 sha256", "digests of TLSA records, strongest first"),
    list("tls_disable_workarounds", "", "workarounds of the TLS library that are off"),
    list("tls_eecdh_auto_curves", "X25519 X448 prime256v1 secp384r1 secp521r1", "elliptic curves offered"),
    text("tls_eecdh_strong_curve", "prime256v1", "the curve of grade strong"),
    text("tls_eecdh_ultra_curve", "secp384r1", "the curve of grade ultra"),
    moot(text("tls_export_cipherlist", "", "such ciphers are gone")),
    moot(flag("tls_fast_shutdown_enable", "yes", "nobody waits for the other's farewell")),
    list("tls_ffdhe_auto_groups", "ffdhe2048 ffdhe3072", "finite fields offered"),
    text("tls_high_cipherlist", "aNULL:-aNULL:HIGH:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:@STRENGTH", "ciphers of grade high"),
    flag("tls_legacy_public_key_fingerprints", "no", "an older way to compute fingerprints of keys"),
    moot(text("tls_low_cipherlist", "", "such ciphers are gone")),
    text("tls_medium_cipherlist", "aNULL:-aNULL:HIGH:MEDIUM:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:+RC4:@STRENGTH", "ciphers of grade medium"),
    text("tls_null_cipherlist", "eNULL:!kDH:!kECDH:!aDSS:!MD5:!aNULL", "ciphers of grade null"),
    flag("tls_preempt_cipherlist", "no", "chooses ciphers in the server's order"),
    moot(number("tls_random_bytes", "32", 0, most_int, "random numbers come from the kernel")),
    moot(text("tls_random_exchange_name", "${data_directory}/prng_exch", "random numbers come from the kernel")),
    moot(time("tls_random_prng_update_period", "3600s", 1, most_int, "random numbers come from the kernel")),
    moot(time("tls_random_reseed_period", "3600s", 1, most_int, "random numbers come from the kernel")),
    number("tls_session_cache_size", "1000", 1, 1000000, "TLS sessions that the clients of an instance keep"),
    text("tls_server_sni_maps", "", "tables of keys with certificates by server name"),
    text("tls_session_ticket_cipher", "aes-256-cbc", "the cipher of session tickets"),
    list("tls_ssl_options", "", "options of the TLS library"),
    flag("tls_wildcard_matches_multiple_labels", "yes", "lets *.domain stand for several labels"),
    choice("smtpd_tls_security_level", "", "|none|may|encrypt|verify|secure|fingerprint|dane|dane-only", "whether TLS is offered or demanded"),
    flag("smtpd_enforce_tls", "no", "an older form of smtpd_tls_security_level = encrypt"),
    flag("smtpd_use_tls", "no", "an older form of smtpd_tls_security_level = may"),
    flag("smtpd_tls_wrappermode", "no", "TLS from the first byte"),
    flag("smtpd_tls_auth_only", "no", "lets clients log in under TLS only"),
    flag("smtpd_tls_req_ccert", "no", "demands a certificate of clients"),
    flag("smtpd_tls_ask_ccert", "no", "asks for a certificate of clients"),
    text("smtpd_tls_cert_file", "", "the server's certificate"),
    text("smtpd_tls_key_file", "$smtpd_tls_cert_file", "the server's key"),
    list("smtpd_tls_chain_files", "", "the server's keys with certificates"),
    text("smtpd_tls_CAfile", "", "the file of trusted certificate authorities"),
    text("smtpd_tls_CApath", "", "the directory of trusted certificate authorities"),
    text("smtpd_tls_loglevel", "0", "how much of TLS is logged"),
    flag("smtpd_tls_received_header", "no", "names the TLS session in Received:"),
    moot(text("smtpd_tls_session_cache_database", "", "clients keep their sessions in tickets")),
    text("smtpd_tls_mandatory_protocols", ">=TLSv1", "TLS versions where TLS is demanded"),
    text("smtpd_tls_protocols", ">=TLSv1", "TLS versions where TLS is not demanded"),
    text("smtpd_tls_mandatory_ciphers", "medium", "ciphers where TLS is demanded"),
    text("smtpd_tls_ciphers", "medium", "ciphers where TLS is not demanded"),
    text("smtpd_tls_dh1024_param_file", "", "the parameters of key exchange"),
};
// clang-format on

Rows tls_server_rows() {
    return rows;
}

}  // namespace config
