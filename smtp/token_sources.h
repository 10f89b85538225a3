// The two kinds of places that tokens come from.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/time.h"
#include "lib/base/wipe.h"
#include "lib/dict/file_stamp.h"
#include "lib/io/semaphore.h"
#include "smtp/token_source.h"

namespace smtp {

// What was written to `fd` at `given`, from its beginning. Throws NoToken; `what` is its name
// there.
Token token_in(std::string_view what, int fd, const TokenRules& rules, base::WallTime given);

class TokenFile : public TokenSource {
  public:
    TokenFile(std::string path, const TokenRules& rules)
        : TokenSource("file:" + path), path_(std::move(path)), rules_(rules) {}
    ~TokenFile() override { base::wipe(token_.text); }

    io::Task<std::string> token() override;
    io::Task<std::string> instead_of(std::string refused) override;

  private:
    Token read();
    static base::Duration written(const struct stat& file);

    std::string path_;
    TokenRules rules_;
    std::optional<dict::FileStamp> stamp_;  // of what token_ was read from
    Token token_;
};

class TokenCommand : public TokenSource {
  public:
    TokenCommand(std::vector<std::string> argv, const TokenRules& rules)
        : TokenSource("command:" + argv.front()), argv_(std::move(argv)), rules_(rules) {}
    ~TokenCommand() override { base::wipe(token_.text); }

    io::Task<std::string> token() override;
    io::Task<std::string> instead_of(std::string refused) override;

  private:
    bool usable() const;
    io::Task<void> renew();
    io::Task<Token> run() const;
    void keep(Token token);

    std::vector<std::string> argv_;
    TokenRules rules_;
    io::Semaphore turn_{1};
    Token token_;            // "" before the first
    base::WallTime due_{};   // when it is asked for anew
    base::Instant tried_{};  // when the command was run last
    std::string trouble_;    // of that; "" when it gave a token
};

}  // namespace smtp
