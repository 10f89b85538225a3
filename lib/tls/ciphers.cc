#include "lib/tls/ciphers.h"

#include <openssl/ssl.h>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/tls/handles.h"

namespace tls {
namespace {

struct Word {
    std::string_view text;
    Grade grade;
};

constexpr std::array<Word, 5> words{{{"high", Grade::high},
                                     {"medium", Grade::medium},
                                     {"null", Grade::null},
                                     {"low", Grade::medium},
                                     {"export", Grade::medium}}};

std::string checked(const config::Settings& settings, const char* name, std::string value) {
    Library library(SSL_CTX_new(TLS_method()));
    if (SSL_CTX_set_cipher_list(library.get(), value.c_str()) == 1)
        return value;
    throw config::Error(base::text(settings.where(name), ": ", name, " = ", value,
                                   ": expected a list of ciphers that OpenSSL has"));
}

}  // namespace

std::optional<Grade> parse_grade(std::string_view text) {
    for (const Word& word : words)
        if (base::equal_nocase(word.text, text))
            return word.grade;
    return std::nullopt;
}

CipherLists::CipherLists(const config::Settings& settings)
    : high(checked(settings, "tls_high_cipherlist", settings.text("tls_high_cipherlist"))),
      medium(checked(settings, "tls_medium_cipherlist", settings.text("tls_medium_cipherlist"))),
      null(checked(settings, "tls_null_cipherlist", settings.text("tls_null_cipherlist"))) {}

std::string CipherLists::of(Grade grade, const std::vector<std::string>& excluded) const {
    std::string list = grade == Grade::high ? high : grade == Grade::medium ? medium : null;
    for (const std::string& name : excluded)
        base::append(list, ":!", name);
    return list;
}

}  // namespace tls
