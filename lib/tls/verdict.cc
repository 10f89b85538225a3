#include "lib/tls/verdict.h"

#include "lib/base/text.h"
#include "lib/tls/certificate.h"

namespace tls {
namespace {

int slot() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

Verdict* verdict_of(X509_STORE_CTX* store) {
    void* connection = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    return static_cast<Verdict*>(SSL_get_ex_data(static_cast<SSL*>(connection), slot()));
}

}  // namespace

ChainProblem chain_problem(const ChainError& met) {
    const char* role = met.of_client ? "client" : "server";
    const char* of = met.depth > 0 ? "CA" : role;
    switch (met.error) {
        case X509_V_OK:
            return {};
        case X509_V_ERR_DANE_NO_MATCH:
        case X509_V_ERR_CERT_UNTRUSTED:
            return {"not trusted by local or TLSA policy", ""};
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return {"self-signed certificate", ""};
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return {base::text("untrusted issuer ", met.at == nullptr ? "" : issuer_line(met.at)),
                    ""};
        case X509_V_ERR_CERT_NOT_YET_VALID:
        case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
            return {"certificate not yet valid", of};
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
            return {"certificate has expired", of};
        case X509_V_ERR_INVALID_PURPOSE:
            return {base::text("not designated for use as a ", of, " certificate"), ""};
        case X509_V_ERR_CERT_CHAIN_TOO_LONG:
            return {base::text("certificate chain longer than limit(", met.limit, ")"), ""};
        default:
            return {base::text("num=", met.error, ":", X509_verify_cert_error_string(met.error)),
                    of};
    }
}

void Verdict::install(SSL_CTX* library) {
    SSL_CTX_set_cert_verify_callback(library, judge, nullptr);
}

void Verdict::watch(SSL* connection) {
    SSL_set_ex_data(connection, slot(), this);
}

void Verdict::forget(SSL* connection) {
    SSL_set_ex_data(connection, slot(), nullptr);
}

void Verdict::note(X509_STORE_CTX* store) {
    if (error_ != X509_V_OK)
        return;
    error_ = X509_STORE_CTX_get_error(store);
    if (error_ == X509_V_OK)
        error_ = X509_V_ERR_UNSPECIFIED;
    X509* at = X509_STORE_CTX_get_current_cert(store);
    if (at == nullptr)
        at = X509_STORE_CTX_get0_cert(store);
    int depth = X509_STORE_CTX_get_error_depth(store);
    problem_ = chain_problem({error_, depth, at, for_server_, limit_});
}

int Verdict::met(int fine, X509_STORE_CTX* store) {
    if (Verdict* verdict = verdict_of(store); fine == 0 && verdict != nullptr)
        verdict->note(store);
    return 1;
}

int Verdict::judge(X509_STORE_CTX* store, void*) {
    Verdict* verdict = verdict_of(store);
    X509_STORE_CTX_set_verify_cb(store, met);
    int fine = X509_verify_cert(store);
    if (verdict == nullptr)
        return fine;
    if (fine != 1)
        verdict->note(store);
    // Kept with the session, for when it is resumed.
    X509_STORE_CTX_set_error(store, verdict->error_);
    return 1;
}

}  // namespace tls
