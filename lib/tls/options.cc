#include "lib/tls/options.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/tls/handles.h"
#include "lib/tls/library_error.h"

namespace tls {
namespace {

struct Option {
    std::string_view name;
    uint64_t bit;
};

constexpr Option switches[] = {
    {"LEGACY_SERVER_CONNECT", SSL_OP_LEGACY_SERVER_CONNECT},
    {"NO_TICKET", SSL_OP_NO_TICKET},
    {"NO_COMPRESSION", SSL_OP_NO_COMPRESSION},
    {"NO_RENEGOTIATION", SSL_OP_NO_RENEGOTIATION},
    {"NO_SESSION_RESUMPTION_ON_RENEGOTIATION", SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION},
    {"PRIORITIZE_CHACHA", SSL_OP_PRIORITIZE_CHACHA},
    {"ENABLE_MIDDLEBOX_COMPAT", SSL_OP_ENABLE_MIDDLEBOX_COMPAT},
};

constexpr Option workarounds[] = {
    {"CRYPTOPRO_TLSEXT_BUG", SSL_OP_CRYPTOPRO_TLSEXT_BUG},
    {"DONT_INSERT_EMPTY_FRAGMENTS", SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS},
    {"TLSEXT_PADDING", SSL_OP_TLSEXT_PADDING},
    {"SAFARI_ECDHE_ECDSA_BUG", SSL_OP_SAFARI_ECDHE_ECDSA_BUG},
    {"LEGACY_SERVER_CONNECT", SSL_OP_LEGACY_SERVER_CONNECT},
    // Workarounds that OpenSSL has no more.
    {"MICROSOFT_SESS_ID_BUG", 0},
    {"NETSCAPE_CHALLENGE_BUG", 0},
    {"NETSCAPE_REUSE_CIPHER_CHANGE_BUG", 0},
    {"SSLREF2_REUSE_CERT_TYPE_BUG", 0},
    {"MICROSOFT_BIG_SSLV3_BUFFER", 0},
    {"MSIE_SSLV2_RSA_PADDING", 0},
    {"SSLEAY_080_CLIENT_DH_BUG", 0},
    {"TLS_D5_BUG", 0},
    {"TLS_BLOCK_PADDING_BUG", 0},
    {"TLS_ROLLBACK_BUG", SSL_OP_TLS_ROLLBACK_BUG},
};

template <size_t count>
uint64_t bits_of(const config::Settings& settings, const char* parameter,
                 const std::vector<std::string>& words, const Option (&known)[count]) {
    uint64_t bits = 0;
    for (const std::string& word : words) {
        const Option* found = nullptr;
        for (const Option& option : known)
            if (base::equal_nocase(option.name, word))
                found = &option;
        std::optional<uint64_t> number;
        if (base::starts_nocase(word, "0x"))
            number = base::number<uint64_t>(std::string_view(word).substr(2), 16);
        if (found == nullptr && !number)
            throw config::Error(base::text(settings.where(parameter), ": ", parameter, ": \"", word,
                                           "\" is no option here, nor a number such as 0x4000"));
        bits |= found == nullptr ? *number : found->bit;
    }
    return bits;
}

[[noreturn]] void refuse_configuration(const config::Settings& settings, const std::string& file,
                                       const std::string& name) {
    throw config::Error(base::text(settings.where("tls_config_file"), ": tls_config_file = ", file,
                                   ", tls_config_name = ", name, ": ", library_reason()));
}

}  // namespace

uint64_t options_of(const config::Settings& settings) {
    uint64_t off = bits_of(settings, "tls_disable_workarounds",
                           settings.list("tls_disable_workarounds"), workarounds);
    uint64_t on = bits_of(settings, "tls_ssl_options", settings.list("tls_ssl_options"), switches);
    return (SSL_OP_ALL & ~off) | on;
}

void start_library(const config::Settings& settings) {
    static bool started = false;
    if (started)
        return;
    std::string file = settings.text("tls_config_file");
    std::string name = settings.text("tls_config_name");
    uint64_t load = file == "none" ? OPENSSL_INIT_NO_LOAD_CONFIG : OPENSSL_INIT_LOAD_CONFIG;
    std::unique_ptr<OPENSSL_INIT_SETTINGS, Release<OPENSSL_INIT_free>> init(OPENSSL_INIT_new());
    unsigned long strict = CONF_MFLAGS_IGNORE_RETURN_CODES;
    if (file != "none" && file != "default") {
        if (!file.starts_with('/'))
            throw config::Error(base::text(settings.where("tls_config_file"),
                                           ": tls_config_file = ", file,
                                           ": expected default, none or a file's full path"));
        OPENSSL_INIT_set_config_filename(init.get(), file.c_str());
        strict = 0;
    }
    if (!name.empty()) {
        OPENSSL_INIT_set_config_appname(init.get(), name.c_str());
        strict = 0;
    }
    OPENSSL_INIT_set_config_file_flags(
        init.get(), strict | CONF_MFLAGS_IGNORE_MISSING_FILE * (strict != 0 ? 1 : 0));
    if (OPENSSL_init_ssl(load, init.get()) != 1)
        refuse_configuration(settings, file, name);
    started = true;
}

}  // namespace tls
