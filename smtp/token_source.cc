#include "smtp/token_source.h"

#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "smtp/token_sources.h"

namespace smtp {

std::shared_ptr<TokenSource> TokenSource::of(std::string_view text, const TokenRules& rules) {
    constexpr std::string_view file = "file:", command = "command:";
    if (text.starts_with(file) && text.substr(file.size()).starts_with('/'))
        return std::make_shared<TokenFile>(std::string(text.substr(file.size())), rules);
    if (!text.starts_with(command) || !text.substr(command.size()).starts_with('/'))
        return nullptr;
    std::vector<std::string> argv;
    for (std::string_view word : base::split(text.substr(command.size()), " \t"))
        argv.emplace_back(word);
    return std::make_shared<TokenCommand>(std::move(argv), rules);
}

Token token_in(std::string_view what, int fd, const TokenRules& rules, base::WallTime given) {
    std::string text(rules.size_limit + 1, '\0');
    ssize_t got = ::pread(fd, text.data(), text.size(), 0);
    if (got < 0)
        throw NoToken(base::SystemError(base::text("read ", what)).what());
    text.resize(static_cast<size_t>(got));
    std::optional<Token> token;
    if (text.size() <= rules.size_limit)
        token = parse_token(text, given);
    bool large = text.size() > rules.size_limit;
    base::wipe(text);
    if (!token)
        throw NoToken(base::text(what, large ? " gives more than " : " gives no token",
                                 large ? base::text(rules.size_limit, " bytes") : ""));
    return std::move(*token);
}

}  // namespace smtp
