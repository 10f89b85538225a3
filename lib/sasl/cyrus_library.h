// The Cyrus SASL library as a process begins to use it, and one conversation with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/sasl/verifier.h"

struct sasl_conn;

namespace sasl::cyrus {

// For this process; throws config::Error. The library may be used in several threads from then on.
void begin_library(const VerifierOptions& options);

Step no_mechanism();

// What the library says beside the result, for the log: "SASL authentication failure: …".
using Remarks = std::vector<std::string>;

// Blocks, all of it. One thread at a time.
class Connection {
  public:
    Connection(const VerifierOptions& options, const Demands& demands);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // None where the library cannot say.
    std::optional<Offers> mechanisms();
    // `initial` and `response` in base64.
    Step start(const std::string& mechanism, const std::optional<std::string>& initial);
    Step step(const std::string& response);
    // Since the last call.
    Remarks take_remarks() { return std::exchange(remarks_, {}); }

  private:
    Step result(int code, const char* text, unsigned length);
    std::string user() const;

    sasl_conn* conn_ = nullptr;
    int broken_ = 0;  // why there is no connection
    Remarks remarks_;
};

}  // namespace sasl::cyrus
