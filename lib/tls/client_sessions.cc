#include "lib/tls/client_sessions.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>

#include "lib/base/encode.h"
#include "lib/base/text.h"

namespace tls {
namespace {

int slot() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

std::string encoded(SSL_SESSION* session) {
    int size = i2d_SSL_SESSION(session, nullptr);
    if (size <= 0)
        return "";
    std::string bytes(static_cast<size_t>(size), '\0');
    auto* at = reinterpret_cast<unsigned char*>(bytes.data());
    i2d_SSL_SESSION(session, &at);
    return bytes;
}

void put_all(base::Encoder& out, const std::vector<std::string>& texts) {
    out.u32(static_cast<uint32_t>(texts.size()));
    for (const std::string& text : texts)
        out.string(text);
}

void put_protocols(base::Encoder& out, const Protocols& protocols) {
    out.u32(static_cast<uint32_t>(protocols.least)).u32(static_cast<uint32_t>(protocols.most));
    out.u64(protocols.excluded);
}

}  // namespace

SessionKeeper::SessionKeeper(Sessions& sessions, std::string key, base::Duration timeout)
    : sessions_(sessions), key_(std::move(key)), timeout_(timeout) {}

void SessionKeeper::offer(SSL* connection) {
    SSL_set_ex_data(connection, slot(), this);
    std::optional<std::string> bytes = sessions_.find(key_, base::wall_now());
    if (!bytes)
        return;
    const auto* at = reinterpret_cast<const unsigned char*>(bytes->data());
    StoredSession session(d2i_SSL_SESSION(nullptr, &at, static_cast<long>(bytes->size())));
    if (session)
        SSL_set_session(connection, session.get());
    ERR_clear_error();
    OPENSSL_cleanse(bytes->data(), bytes->size());
}

void SessionKeeper::approve() {
    approved_ = true;
    if (!pending_.empty())
        save(pending_);
    OPENSSL_cleanse(pending_.data(), pending_.size());
    pending_.clear();
}

void SessionKeeper::save(const std::string& session) {
    sessions_.save(key_, session, base::wall_now() + timeout_);
}

int SessionKeeper::met(SSL* connection, SSL_SESSION* session) {
    auto* self = static_cast<SessionKeeper*>(SSL_get_ex_data(connection, slot()));
    if (self == nullptr || SSL_SESSION_is_resumable(session) != 1)
        return 0;
    std::string bytes = encoded(session);
    if (self->approved_)
        self->save(bytes);
    else
        self->pending_ = std::move(bytes);
    return 0;
}

void keep_sessions(SSL_CTX* library) {
    SSL_CTX_set_session_cache_mode(library, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(library, SessionKeeper::met);
}

std::string session_key(const ClientContext::Inside& context, const Wish& wish) {
    const ClientSettings& settings = context.settings;
    base::Encoder out;
    out.string(wish.session_key).u8(static_cast<uint8_t>(wish.check)).u8(wish.mandatory ? 1 : 0);
    out.string(wish.server_name);
    put_all(out, wish.names);
    put_all(out, wish.fingerprints);
    out.u32(static_cast<uint32_t>(wish.tlsa.size()));
    for (const Tlsa& record : wish.tlsa)
        out.u8(record.usage).u8(record.selector).u8(record.matching).string(record.data);
    put_all(out, wish.trust_anchor_files);
    put_all(out, settings.trust_anchor_files);
    put_protocols(out, wish.protocols.value_or(wish.mandatory ? settings.mandatory_protocols
                                                              : settings.protocols));
    out.string(cipher_list(context, wish));
    // A session found good with other authorities, another certificate of our own or another
    // library is another session.
    out.string(settings.program).string(settings.authority_file.path);
    out.string(settings.authority_directory.path).u8(settings.default_authorities ? 1 : 0);
    for (const NamedFile& file : settings.chain_files)
        out.string(file.path);
    for (const CertificateFiles& files : settings.certificates)
        out.string(files.certificate.path);
    out.u64(OpenSSL_version_num());
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(out.view().data(), out.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return {reinterpret_cast<char*>(digest.data()), size};
}

}  // namespace tls
