#include "postfix/server_keys.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/base/wipe.h"
#include "lib/config/error.h"
#include "postfix/outside.h"

namespace postfix {
namespace {

constexpr const char* days = "36525";  // a hundred years: nobody checks the time of such a one

bool is_host_name(std::string_view host) {
    return !host.empty() && host.size() <= 253 && host.front() != '-' &&
           std::ranges::all_of(host, [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '*' || c == '_';
           });
}

// openssl's configuration for a certificate or a request for these names.
std::string names_in(const std::vector<std::string>& hosts) {
    std::string text =
        "[req]\nprompt = no\ndistinguished_name = name\n[name]\n"
        "[cert]\nbasicConstraints = CA:FALSE\nsubjectKeyIdentifier = hash\n"
        "extendedKeyUsage = serverAuth\nsubjectAltName = @hosts\n"
        "[ask]\nsubjectAltName = @hosts\n[hosts]\n";
    size_t number = 0;
    for (const std::string& host : hosts) {
        if (!is_host_name(host))
            throw config::Error(
                base::text("\"", base::printable(host), "\": expected a host name"));
        base::append(text, "DNS.", ++number, " = ", host, "\n");
    }
    return text;
}

void write_new(const std::string& path, mode_t mode, std::string_view text) {
    base::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!file ||
        ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(file.get()) != 0)
        throw base::SystemError(base::text("write ", path));
}

bool is_there(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

std::string moment_now() {
    time_t now = ::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    char text[32];
    return {text, ::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &utc)};
}

}  // namespace

const std::vector<KeyKind>& key_kinds() {
    static const std::vector<KeyKind> kinds = {
        {"rsa", "", "smtpd_tls_cert_file", "smtpd_tls_key_file", "2048"},
        {"ecdsa", "ec", "smtpd_tls_eccert_file", "smtpd_tls_eckey_file", "secp256r1"},
    };
    return kinds;
}

const KeyKind* key_kind(std::string_view name) {
    auto found = std::ranges::find(key_kinds(), name, &KeyKind::name);
    return found == key_kinds().end() ? nullptr : &*found;
}

std::string ServerKeys::path_of(std::string_view name) const {
    std::string path(name);
    if (const KeyKind* kind = key_kind(name))
        path = settings_.text(kind->key);
    if (path.empty() || path == "none")
        return "";
    return path.starts_with('/') ? path : base::text(settings_.directory(), '/', path);
}

std::string ServerKeys::new_key(const KeyKind& kind, std::string_view strength) const {
    bool rsa = kind.name == "rsa";
    bool known = !strength.empty() && std::ranges::all_of(strength, [rsa](unsigned char c) {
        return rsa ? std::isdigit(c) != 0 : std::isalnum(c) != 0 || c == '-' || c == '_';
    });
    if (!known)
        throw config::Error(base::text("\"", base::printable(strength), "\": expected ",
                                       rsa ? "a number of bits" : "the name of a curve"));
    std::string_view curve = strength == "secp256r1" ? "prime256v1" : strength;
    std::string option =
        rsa ? base::text("rsa_keygen_bits:", strength) : base::text("ec_paramgen_curve:", curve);
    return output_of(
        {openssl_, "genpkey", "-quiet", "-algorithm", rsa ? "RSA" : "EC", "-pkeyopt", option});
}

// A second has one pair of names: who comes second in it waits for the next.
KeyPair ServerKeys::unused_names(const KeyKind& kind) const {
    KeyPair pair;
    do {
        if (!pair.key.empty())
            ::usleep(50'000);
        std::string moment = moment_now();
        pair.key = base::text(settings_.directory(), '/', kind.start, "key-", moment, ".pem");
        pair.cert = base::text(settings_.directory(), '/', kind.start, "cert-", moment, ".pem");
    } while (is_there(pair.key) || is_there(pair.cert));
    return pair;
}

KeyPair ServerKeys::make(const KeyKind& kind, std::string_view strength,
                         const std::vector<std::string>& hosts, bool keep) const {
    std::string names = names_in(hosts);
    KeyPair pair = unused_names(kind);
    std::string deployed = keep ? path_of(kind.name) : "";
    std::string key =
        deployed.empty() ? new_key(kind, strength) : output_of({openssl_, "pkey", "-in", deployed});
    write_new(pair.key, 0600, key);
    base::wipe(key);
    write_new(
        pair.cert, 0644,
        output_of({openssl_, "req", "-x509", "-new", "-sha256", "-days", days, "-key", pair.key,
                   "-subj", "/CN=" + hosts.front(), "-extensions", "cert", "-config", "/dev/stdin"},
                  names));
    return pair;
}

std::string ServerKeys::request(const std::string& key,
                                const std::vector<std::string>& hosts) const {
    return output_of({openssl_, "req", "-new", "-sha256", "-key", key, "-subj", "/", "-reqexts",
                      "ask", "-config", "/dev/stdin"},
                     names_in(hosts));
}

std::string ServerKeys::public_key(const std::string& key) const {
    return output_of({openssl_, "pkey", "-in", key, "-pubout", "-outform", "DER"});
}

std::string ServerKeys::tlsa(const std::string& key, const std::string& host) const {
    names_in({host});
    std::string digest = output_of({openssl_, "dgst", "-sha256", "-hex", "-r"}, public_key(key));
    return base::text("_25._tcp.", host, ". IN TLSA 3 1 1 ", digest.substr(0, digest.find(' ')));
}

const KeyKind& ServerKeys::match(const KeyPair& pair) const {
    std::string certified = output_of({openssl_, "x509", "-in", pair.cert, "-noout", "-pubkey"});
    if (output_of({openssl_, "pkey", "-in", pair.key, "-pubout"}) != certified)
        throw config::Error(
            base::text(pair.key, ": is not the key of the certificate in ", pair.cert));
    std::string text = output_of({openssl_, "x509", "-in", pair.cert, "-noout", "-text"});
    if (text.find("Public Key Algorithm: rsaEncryption") != text.npos)
        return *key_kind("rsa");
    if (text.find("Public Key Algorithm: id-ecPublicKey") != text.npos)
        return *key_kind("ecdsa");
    throw config::Error(base::text(pair.cert, ": expected a certificate of an RSA or ECDSA key"));
}

}  // namespace postfix
