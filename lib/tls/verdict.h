// Verdict is what was found of the peer's chain of certificates during a handshake.
#pragma once

#include <string>

#include "lib/tls/handles.h"

namespace tls {

// What is wrong with a chain, as Postfix words it.
struct ChainProblem {
    std::string text;
    std::string of;  // "server", "client", "CA" or nothing
};

// What an error of X509_V_… means that happened at `at`, so many certificates above the peer's.
struct ChainError {
    int error;
    int depth;
    X509* at;
    bool of_client;
    int limit;  // of the chain's length
};
ChainProblem chain_problem(const ChainError& met);

class Verdict {
  public:
    // `limit`: certificates in the longest chain. `for_server`: the peer is a client.
    Verdict(int limit, bool for_server) : limit_(limit), for_server_(for_server) {}

    // Has `connection` report to it, until forget().
    void watch(SSL* connection);
    static void forget(SSL* connection);
    // The handshake goes on whatever is found. For contexts of both sides.
    static void install(SSL_CTX* library);

    bool good() const { return error_ == X509_V_OK; }
    // Empty when good.
    const ChainProblem& problem() const { return problem_; }

  private:
    static int judge(X509_STORE_CTX* store, void*);
    static int met(int fine, X509_STORE_CTX* store);
    void note(X509_STORE_CTX* store);

    int limit_;
    bool for_server_;
    int error_ = X509_V_OK;  // the first
    ChainProblem problem_;
};

}  // namespace tls
