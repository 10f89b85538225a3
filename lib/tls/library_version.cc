#include "lib/tls/library_version.h"

#include <openssl/evp.h>
#include <openssl/opensslv.h>

#include <algorithm>

#include "lib/base/text.h"

namespace tls {
namespace {

// Kinds of keys that Postfix speaks of here, by the name that OpenSSL makes such keys by.
struct Kind {
    const char* shown;
    const char* made_by;
};

constexpr Kind kinds[] = {{"dsa", "DSA"}, {"ecdsa", "EC"}, {"rsa", "RSA"}};

}  // namespace

std::string compile_version() {
    return OPENSSL_VERSION_TEXT;
}

std::string run_version() {
    return OpenSSL_version(OPENSSL_VERSION);
}

std::vector<std::string> public_key_algorithms() {
    std::vector<std::string> names;
    for (const Kind& kind : kinds) {
        EVP_KEYMGMT* found = EVP_KEYMGMT_fetch(nullptr, kind.made_by, nullptr);
        if (found != nullptr)
            names.emplace_back(kind.shown);
        EVP_KEYMGMT_free(found);
    }
    return names;
}

}  // namespace tls
