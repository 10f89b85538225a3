#include "lib/tls/facts.h"

#include <array>

#include "lib/base/text.h"

namespace tls {
namespace {

constexpr std::array<const char*, 4> words{"Anonymous", "Untrusted", "Trusted", "Verified"};

// " KIND NAME (DETAIL)", nothing without a name.
std::string named(const char* kind, const std::string& name, const std::string& detail) {
    if (name.empty())
        return "";
    std::string text = base::text(" ", kind, " ", name);
    if (!detail.empty())
        base::append(text, " (", detail, ")");
    return text;
}

std::string signature_text(const char* side, const Signature& signature) {
    std::string text =
        named(base::text(side, "-signature").c_str(), signature.name, signature.detail);
    if (!text.empty() && !signature.digest.empty())
        base::append(text, " ", side, "-digest ", signature.digest);
    return text;
}

std::string cipher_text(const Facts& facts) {
    return base::text(facts.protocol, " with cipher ", facts.cipher, " (", facts.bits, "/",
                      facts.algorithm_bits, " bits)");
}

// A name from a certificate, as it may stand in a comment of a header.
std::string in_comment(const std::string& name) {
    std::string text;
    for (char c : name) {
        if (c == '(' || c == ')' || c == '"' || c == '\\')
            text.push_back('\\');
        text.push_back(c);
    }
    return text;
}

}  // namespace

Facts::Facts() = default;

const char* peer_status_word(PeerStatus status) {
    return words[static_cast<size_t>(status)];
}

std::string Facts::parameters() const {
    return base::text(cipher_text(*this), named("key-exchange", key_exchange, key_exchange_detail),
                      signature_text("server", server_signature),
                      signature_text("client", client_signature));
}

std::string Facts::established_to(std::string_view peer_name) const {
    return base::text(peer_status_word(peer), " TLS connection established to ", peer_name, ": ",
                      parameters());
}

std::string Facts::unverified(std::string_view peer_name) const {
    return base::text(problem_of, problem_of.empty() ? "" : " ",
                      "certificate verification failed for ", peer_name, ": ", problem);
}

std::string Facts::reused_to(std::string_view peer_name) const {
    return base::text(peer_status_word(peer), " TLS connection reused to ", peer_name, ": ",
                      parameters());
}

std::string Facts::established_from(std::string_view peer_name) const {
    return base::text(peer_status_word(peer), " TLS connection established from ", peer_name,
                      server_name.empty() ? "" : " to ", server_name, ": ", parameters());
}

std::string Facts::received_clause(bool asked_for_certificate) const {
    std::string text = base::text("(using ", cipher_text(*this));
    std::string first = named("key-exchange", key_exchange, key_exchange_detail) +
                        signature_text("server", server_signature);
    std::string second = signature_text("client", client_signature);
    if (!first.empty())
        base::append(text, "\n\t", first);
    if (!second.empty())
        base::append(text, "\n\t", second);
    base::append(text, ")\n\t");
    if (has_certificate())
        base::append(text, "(Client CN \"", in_comment(subject_cn), "\", Issuer \"",
                     in_comment(issuer_cn), "\" (",
                     peer >= PeerStatus::trusted ? "verified OK" : "not verified", "))");
    else
        base::append(text, asked_for_certificate ? "(Client did not present a certificate)"
                                                 : "(No client certificate requested)");
    return text;
}

}  // namespace tls
