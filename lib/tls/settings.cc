#include "lib/tls/settings.h"

#include <openssl/evp.h>

#include "lib/base/text.h"
#include "lib/tls/groups.h"
#include "lib/tls/options.h"

namespace tls {
namespace {

Protocols protocols_of(const config::OwnSettings& own, std::string_view suffix) {
    std::optional<Protocols> range = Protocols::parse(own.text(suffix));
    if (!range)
        own.refuse(suffix, protocols_form);
    return *range;
}

Grade grade_of(const config::OwnSettings& own, std::string_view suffix) {
    std::optional<Grade> grade = parse_grade(own.text(suffix));
    if (!grade)
        own.refuse(suffix, "high, medium or null");
    return *grade;
}

NamedFile file_of(const config::OwnSettings& own, std::string_view suffix) {
    return {own.name(suffix), own.where(suffix), own.text(suffix)};
}

std::vector<NamedFile> files_of(const config::OwnSettings& own, std::string_view suffix) {
    std::vector<NamedFile> files;
    for (std::string& path : own.list(suffix))
        files.push_back({own.name(suffix), own.where(suffix), std::move(path)});
    return files;
}

std::vector<CertificateFiles> certificates_of(const config::OwnSettings& own) {
    std::vector<CertificateFiles> all{
        {file_of(own, "_tls_cert_file"), file_of(own, "_tls_key_file")},
        {file_of(own, "_tls_dcert_file"), file_of(own, "_tls_dkey_file")},
        {file_of(own, "_tls_eccert_file"), file_of(own, "_tls_eckey_file")}};
    std::erase_if(all, [](const CertificateFiles& files) {
        return !files.certificate || files.certificate.path == "none";
    });
    return all;
}

std::string digest_of(const config::OwnSettings& own) {
    std::string name = own.text("_tls_fingerprint_digest");
    if (EVP_get_digestbyname(name.c_str()) == nullptr)
        own.refuse("_tls_fingerprint_digest", "a digest that OpenSSL has, such as sha256");
    return name;
}

int log_level_of(const config::OwnSettings& own) {
    std::optional<int> level = base::number<int>(own.text("_tls_loglevel"));
    if (!level || *level < 0 || *level > 4)
        own.refuse("_tls_loglevel", "a number from 0 to 4");
    return *level;
}

// Tickets have a code of their own against changes, and keys of 32 bytes (TicketKey).
bool seals_tickets(const EVP_CIPHER* cipher) {
    return cipher != nullptr && EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CBC_MODE &&
           EVP_CIPHER_get_iv_length(cipher) == 16 && EVP_CIPHER_get_key_length(cipher) >= 16 &&
           EVP_CIPHER_get_key_length(cipher) <= 32;
}

int depth_of(const config::OwnSettings& own) {
    return static_cast<int>(own.program() == "smtpd"
                                ? own.all().number("smtpd_tls_ccert_verifydepth")
                                : own.number("_tls_scert_verifydepth"));
}

}  // namespace

Settings::Settings(const config::OwnSettings& own)
    : program(own.program()),
      protocols(protocols_of(own, "_tls_protocols")),
      mandatory_protocols(protocols_of(own, "_tls_mandatory_protocols")),
      cipher_lists(own.all()),
      grade(grade_of(own, "_tls_ciphers")),
      mandatory_grade(grade_of(own, "_tls_mandatory_ciphers")),
      excluded_ciphers(own.list("_tls_exclude_ciphers")),
      mandatory_excluded_ciphers(own.list("_tls_mandatory_exclude_ciphers")),
      authority_file(file_of(own, "_tls_CAfile")),
      authority_directory(file_of(own, "_tls_CApath")),
      default_authorities(own.all().flag("tls_append_default_CA")),
      chain_files(files_of(own, "_tls_chain_files")),
      certificates(certificates_of(own)),
      fingerprint_digest(digest_of(own)),
      legacy_key_fingerprints(own.all().flag("tls_legacy_public_key_fingerprints")),
      groups(groups_of(own.all(), own.program() == "smtpd")),
      options(options_of(own.all())),
      verify_depth(depth_of(own)),
      log_level(log_level_of(own)),
      session_timeout(own.time("_tls_session_cache_timeout")) {}

ClientSettings::ClientSettings(const config::OwnSettings& own)
    : Settings(own),
      trust_anchor_files(own.list("_tls_trust_anchor_file")),
      dane_digests(own.all().list("tls_dane_digests")),
      wildcard_of_many_labels(own.all().flag("tls_wildcard_matches_multiple_labels")),
      keeps_sessions(!own.text("_tls_session_cache_database").empty()) {
    for (const std::string& digest : dane_digests)
        if (EVP_get_digestbyname(digest.substr(0, digest.find('=')).c_str()) == nullptr)
            throw config::Error(base::text(own.all().where("tls_dane_digests"),
                                           ": tls_dane_digests: expected digests that OpenSSL has,"
                                           " found ",
                                           digest));
}

ServerSettings::ServerSettings(const config::Settings& settings)
    : Settings(config::OwnSettings(settings, "smtpd")),
      asks_for_certificate(settings.flag("smtpd_tls_ask_ccert")),
      requires_certificate(settings.flag("smtpd_tls_req_ccert")),
      prefers_own_ciphers(settings.flag("tls_preempt_cipherlist")),
      always_issues_session_ids(settings.flag("smtpd_tls_always_issue_session_ids")),
      ticket_cipher(settings.text("tls_session_ticket_cipher")) {
    config::OwnSettings own(settings, "smtpd");
    key_exchange_file = {"smtpd_tls_dh1024_param_file", own.where("_tls_dh1024_param_file"),
                         settings.text("smtpd_tls_dh1024_param_file")};
    if (key_exchange_file.path == "auto")
        key_exchange_file.path.clear();
    if (!ticket_cipher.empty() && !seals_tickets(EVP_get_cipherbyname(ticket_cipher.c_str())))
        throw config::Error(
            base::text(settings.where("tls_session_ticket_cipher"),
                       ": tls_session_ticket_cipher = ", ticket_cipher,
                       ": expected aes-256-cbc, aes-128-cbc or one of OpenSSL that is like them"));
}

}  // namespace tls
