// Session tickets (RFC 5077) are made and opened with keys that all workers share.
#include <openssl/core_names.h>
#include <openssl/rand.h>

#include "lib/base/time.h"
#include "lib/tls/server_inside.h"

namespace tls {
namespace {

int slot() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

int set_mac(EVP_MAC_CTX* mac, TicketKey& key) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters);
}

int seal(const ServerContext::Inside& context, unsigned char* name, unsigned char* iv,
         EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
    std::optional<TicketKey> key = context.tickets->newest(base::wall_now());
    if (!key)
        return 0;
    int iv_size = EVP_CIPHER_get_iv_length(context.ticket_cipher);
    if (iv_size > 0 && RAND_bytes(iv, iv_size) != 1)
        return -1;
    std::copy(key->name.begin(), key->name.end(), name);
    bool ready =
        EVP_EncryptInit_ex(cipher, context.ticket_cipher, nullptr, key->cipher.data(), iv) == 1 &&
        set_mac(mac, *key) == 1;
    OPENSSL_cleanse(&*key, sizeof *key);
    return ready ? 1 : -1;
}

// 2 has a new ticket made in place of one by the older key.
int open(const ServerContext::Inside& context, const unsigned char* name, const unsigned char* iv,
         EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
    std::optional<TicketKey> key = context.tickets->find({reinterpret_cast<const char*>(name), 16});
    if (!key)
        return 0;
    std::optional<TicketKey> newest = context.tickets->newest(base::wall_now());
    bool is_newest = newest && newest->name == key->name;
    bool ready =
        EVP_DecryptInit_ex(cipher, context.ticket_cipher, nullptr, key->cipher.data(), iv) == 1 &&
        set_mac(mac, *key) == 1;
    OPENSSL_cleanse(&*key, sizeof *key);
    return !ready ? -1 : is_newest ? 1 : 2;
}

int ticket(SSL* connection, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
           EVP_MAC_CTX* mac, int sealing) {
    const auto* context = static_cast<const ServerContext::Inside*>(
        SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), slot()));
    return sealing == 1 ? seal(*context, name, iv, cipher, mac)
                        : open(*context, name, iv, cipher, mac);
}

}  // namespace

void install_tickets(SSL_CTX* library, const ServerContext::Inside& context) {
    SSL_CTX_set_ex_data(library, slot(), const_cast<ServerContext::Inside*>(&context));
    SSL_CTX_set_tlsext_ticket_key_evp_cb(library, ticket);
}

}  // namespace tls
