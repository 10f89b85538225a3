#include "lib/esmtp/command.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/mail/address.h"

namespace esmtp {

namespace {

constexpr std::string_view blanks = " \t";

Parameter parameter(std::string_view word) {
    auto equals = word.find('=');
    if (equals == word.npos)
        return {word, std::nullopt};
    return {word.substr(0, equals), word.substr(equals + 1)};
}

}  // namespace

std::vector<std::string_view> Command::words() const {
    return base::split(args, blanks);
}

Command split_command(std::string_view line) {
    line = base::trim(line);
    auto end = std::min(line.find_first_of(blanks), line.size());
    return {line.substr(0, end), base::trim(line.substr(end))};
}

std::variant<PathArgument, PathFault> parse_path_argument(std::string_view args,
                                                          std::string_view keyword) {
    if (!base::starts_nocase(args, keyword))
        return PathFault::syntax;
    args.remove_prefix(keyword.size());
    if (!args.starts_with(':'))
        return PathFault::syntax;
    args = base::trim(args.substr(1));
    if (args.empty())
        return PathFault::syntax;
    auto path = mail::parse_path(args);
    if (!path)
        return PathFault::address;
    PathArgument argument{std::move(path->address), path->bracketed, {}};
    for (auto word : base::split(path->rest, blanks))
        argument.parameters.push_back(parameter(word));
    return argument;
}

}  // namespace esmtp
