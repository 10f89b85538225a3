// Rewriter brings addresses into standard form, as trivial-rewrite(8) does: source routes removed,
// user%domain and host!user turned round, missing domains appended.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/config/settings.h"

namespace rewrite {

// Whose address it is: local mail gets myorigin and mydomain appended; mail of others gets
// remote_header_rewrite_domain in headers, where that is set, and nothing else appended.
enum class Context : uint8_t { local, remote };

struct Options {
    std::string myorigin;
    std::string mydomain;
    std::string remote_domain;  // remote_header_rewrite_domain
    bool swap_bangpath = true;
    bool allow_percent_hack = true;
    bool append_at_myorigin = true;
    bool append_dot_mydomain = false;

    static Options from(const config::Settings& settings);
};

class Rewriter {
  public:
    explicit Rewriter(Options options) : options_(std::move(options)) {}

    // `address` and the result are in external form; "" stays "".
    std::string rewrite(std::string_view address, Context context) const;
    const Options& options() const { return options_; }

  private:
    Options options_;
};

}  // namespace rewrite
