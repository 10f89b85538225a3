// TokenSource is where access tokens come from: a file that somebody keeps fresh, or a command that
// prints one.
//
// A file is read again when it has changed. A command runs again when its token nears its end, when
// a server refuses it, or, where nobody can tell its end, after a while; one at a time.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/time.h"
#include "lib/dict/file_stamp.h"
#include "lib/io/semaphore.h"
#include "lib/io/task.h"
#include "smtp/token.h"

namespace smtp {

using namespace std::chrono_literals;

struct TokenRules {
    base::Duration command_time_limit = 30s;
    size_t size_limit = 65536;               // of what a file or a command gives
    base::Duration refresh_margin = 60s;     // before its end
    base::Duration unknown_lifetime = 300s;  // of a command's token that does not tell its end
};

// There is no token to log in with; the text says why, without any.
struct NoToken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class TokenSource {
  public:
    // Of "file:/path" or "command:/path argument …"; null for anything else.
    static std::shared_ptr<TokenSource> of(std::string_view text, const TokenRules& rules);
    virtual ~TokenSource() = default;

    // "file:/path", "command:/path": as log lines name it.
    const std::string& name() const { return name_; }
    // The token to log in with now. Throws NoToken.
    virtual io::Task<std::string> token() = 0;
    // The same when a server has refused `refused`, which may be what is still the token.
    virtual io::Task<std::string> instead_of(std::string refused) = 0;

  protected:
    explicit TokenSource(std::string name) : name_(std::move(name)) {}

  private:
    std::string name_;
};

}  // namespace smtp
