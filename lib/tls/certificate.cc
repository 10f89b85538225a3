#include "lib/tls/certificate.h"

#include <openssl/evp.h>

#include <array>
#include <ctime>

#include "lib/base/text.h"

namespace tls {
namespace {

using Bytes = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string name_line(X509_NAME* name) {
    std::array<char, 1024> line{};
    X509_NAME_oneline(name, line.data(), line.size());
    return base::printable(line.data());
}

std::string entry_of(X509_NAME* name, int kind) {
    int at = X509_NAME_get_index_by_NID(name, kind, -1);
    if (at < 0)
        return "";
    unsigned char* bytes = nullptr;
    int size = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0)
        return "";
    std::string text(reinterpret_cast<char*>(bytes), static_cast<size_t>(size));
    OPENSSL_free(bytes);
    return base::printable(text);
}

std::string colons(const Bytes& bytes, unsigned size) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        if (i > 0)
            text.push_back(':');
        text.push_back(digits[bytes[i] >> 4]);
        text.push_back(digits[bytes[i] & 15]);
    }
    return text;
}

base::WallTime wall_time(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return {};
    return base::WallTime(std::chrono::seconds(::timegm(&parts)));
}

std::vector<std::string> host_names(X509* certificate) {
    std::vector<std::string> hosts;
    auto* names = static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        int kind = 0;
        auto* value = static_cast<ASN1_STRING*>(
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &kind));
        if (kind == GEN_DNS)
            hosts.push_back(
                base::printable({reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                                 static_cast<size_t>(ASN1_STRING_length(value))}));
    }
    GENERAL_NAMES_free(names);
    if (std::string cn = subject_cn(certificate); hosts.empty() && !cn.empty())
        hosts.push_back(cn);
    return hosts;
}

}  // namespace

std::string subject_line(X509* certificate) {
    return name_line(X509_get_subject_name(certificate));
}

std::string issuer_line(X509* certificate) {
    return name_line(X509_get_issuer_name(certificate));
}

std::string subject_cn(X509* certificate) {
    return entry_of(X509_get_subject_name(certificate), NID_commonName);
}

std::string issuer_cn(X509* certificate) {
    X509_NAME* issuer = X509_get_issuer_name(certificate);
    std::string name = entry_of(issuer, NID_commonName);
    return name.empty() ? entry_of(issuer, NID_organizationName) : name;
}

std::string certificate_fingerprint(X509* certificate, const std::string& digest) {
    Bytes bytes;
    unsigned size = 0;
    const EVP_MD* method = EVP_get_digestbyname(digest.c_str());
    if (method == nullptr || X509_digest(certificate, method, bytes.data(), &size) != 1)
        return "";
    return colons(bytes, size);
}

std::string key_fingerprint(X509* certificate, const std::string& digest, bool legacy) {
    Bytes bytes;
    unsigned size = 0;
    const EVP_MD* method = EVP_get_digestbyname(digest.c_str());
    if (method == nullptr)
        return "";
    if (legacy) {
        if (X509_pubkey_digest(certificate, method, bytes.data(), &size) != 1)
            return "";
        return colons(bytes, size);
    }
    unsigned char* der = nullptr;
    int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (length < 0)
        return "";
    int done = EVP_Digest(der, static_cast<size_t>(length), bytes.data(), &size, method, nullptr);
    OPENSSL_free(der);
    return done == 1 ? colons(bytes, size) : "";
}

bool names_host(X509* certificate, const std::string& name, bool wildcard_of_many_labels) {
    unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    if (wildcard_of_many_labels)
        flags |= X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS;
    return X509_check_host(certificate, name.data(), name.size(), flags, nullptr) == 1;
}

ChainLink chain_link(X509* certificate) {
    ChainLink link;
    link.subject = subject_line(certificate);
    link.issuer = issuer_line(certificate);
    link.not_before = wall_time(X509_get0_notBefore(certificate));
    link.not_after = wall_time(X509_get0_notAfter(certificate));
    if (EVP_PKEY* key = X509_get0_pubkey(certificate)) {
        const char* kind = EVP_PKEY_get0_type_name(key);
        link.key = base::text(kind == nullptr ? "key" : kind, " ", EVP_PKEY_get_bits(key), " bits");
    }
    link.fingerprint = certificate_fingerprint(certificate, "sha256");
    link.names = host_names(certificate);
    return link;
}

}  // namespace tls
