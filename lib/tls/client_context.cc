#include "lib/tls/client_context.h"

#include "lib/base/text.h"
#include "lib/tls/client_inside.h"
#include "lib/tls/client_sessions.h"
#include "lib/tls/dane.h"
#include "lib/tls/library_context.h"
#include "lib/tls/options.h"
#include "lib/tls/verdict.h"

namespace tls {
namespace {

// Of ciphers, as policies name them.
constexpr size_t most_lists = 50;

ClientSettings settings_of(const config::OwnSettings& own) {
    start_library(own.all());
    return ClientSettings(own);
}

}  // namespace

ClientContext::Inside::Inside(const config::OwnSettings& own, Sessions* kept)
    : settings(settings_of(own)),
      library(make_library(settings, TLS_client_method())),
      sessions(settings.keeps_sessions ? kept : nullptr) {
    for (const std::string& file : settings.trust_anchor_files) {
        try {
            anchors_of(file);
        } catch (const PemError& error) {
            throw config::Error(base::text(own.where("_tls_trust_anchor_file"), ": ",
                                           own.name("_tls_trust_anchor_file"), ": ", file, ": ",
                                           error.reason));
        }
    }
}

SSL_CTX* ClientContext::Inside::library_for(const std::string& ciphers) const {
    auto found = by_ciphers.find(ciphers);
    if (found != by_ciphers.end())
        return found->second.get();
    Library made = copy_library(library.get(), settings, TLS_client_method());
    if (SSL_CTX_set_cipher_list(made.get(), ciphers.c_str()) != 1)
        throw PemError{"no cipher is left that OpenSSL has"};
    Verdict::install(made.get());
    enable_dane(made.get(), settings.dane_digests);
    keep_sessions(made.get());
    // Connections hold what they need of those that go.
    if (by_ciphers.size() >= most_lists)
        by_ciphers.clear();
    return by_ciphers.emplace(ciphers, std::move(made)).first->second.get();
}

const std::vector<TrustAnchor>& ClientContext::Inside::anchors_of(const std::string& file) const {
    auto found = anchors.find(file);
    if (found == anchors.end())
        found = anchors.emplace(file, read_trust_anchors(file_content(file))).first;
    return found->second;
}

std::string cipher_list(const ClientContext::Inside& context, const Wish& wish) {
    const ClientSettings& settings = context.settings;
    Grade grade = wish.grade.value_or(wish.mandatory ? settings.mandatory_grade : settings.grade);
    std::vector<std::string> excluded = settings.excluded_ciphers;
    const std::vector<std::string>& more = settings.mandatory_excluded_ciphers;
    if (wish.excluded_ciphers)
        excluded = *wish.excluded_ciphers;
    else if (wish.mandatory)
        excluded.insert(excluded.end(), more.begin(), more.end());
    // Who is to be verified has to have a certificate.
    if (wish.check != Check::nothing)
        excluded.emplace_back("aNULL");
    return settings.cipher_lists.of(grade, excluded);
}

namespace {

std::vector<Tlsa> records_of(const ClientContext::Inside& context, const Wish& wish) {
    if (wish.check == Check::tlsa)
        return wish.tlsa;
    std::vector<Tlsa> records;
    const std::vector<std::string>& files = wish.trust_anchor_files.empty()
                                                ? context.settings.trust_anchor_files
                                                : wish.trust_anchor_files;
    // An authority from a file is one found by a record "2 0 0" or "2 1 0".
    for (const std::string& file : files)
        for (const TrustAnchor& anchor : context.anchors_of(file))
            records.push_back({2, static_cast<uint8_t>(anchor.is_key ? 1 : 0), 0, anchor.der});
    return records;
}

}  // namespace

Connection make_connection(const ClientContext::Inside& context, const Wish& wish) {
    const ClientSettings& settings = context.settings;
    Connection connection(SSL_new(context.library_for(cipher_list(context, wish))));
    SSL* raw = connection.get();
    SSL_set_connect_state(raw);
    Protocols protocols =
        wish.protocols.value_or(wish.mandatory ? settings.mandatory_protocols : settings.protocols);
    if (!set_protocols(raw, protocols))
        throw PemError{"no protocol is left that OpenSSL has"};
    SSL_set_verify(raw, SSL_VERIFY_PEER, nullptr);
    std::vector<Tlsa> records = records_of(context, wish);
    // Without a record OpenSSL would verify by the authorities that it knows.
    if (records.empty() ? wish.check == Check::tlsa : !set_records(raw, records))
        throw PemError{"no TLSA record can be used"};
    if (!wish.server_name.empty())
        SSL_set_tlsext_host_name(raw, wish.server_name.c_str());
    return connection;
}

ClientContext::ClientContext(const config::OwnSettings& own, Sessions* sessions)
    : inside_(std::make_unique<Inside>(own, sessions)) {}

ClientContext::~ClientContext() = default;

const ClientSettings& ClientContext::settings() const {
    return inside_->settings;
}

int ClientContext::log_level() const {
    return inside_->settings.log_level;
}

bool ClientContext::usable(const Tlsa& record) const {
    return usable_record(record, inside_->settings.dane_digests);
}

}  // namespace tls
