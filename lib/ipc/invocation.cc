#include "lib/ipc/invocation.h"

#include <cstdlib>

#include "lib/base/text.h"

namespace ipc {
namespace {

constexpr std::string_view with_value = "notsmr";
constexpr std::string_view alone = "ucvlzdDS";

unsigned count_of(std::string_view text, std::string_view what) {
    std::optional<unsigned> n = base::number<unsigned>(text);
    if (!n)
        throw config::Error(base::text(what, ": not a number: \"", text, "\""));
    return *n;
}

size_t from_environment(const char* name, int radix) {
    const char* text = ::getenv(name);
    if (text == nullptr)
        return 0;
    std::optional<size_t> n = base::number<size_t>(text, radix);
    if (!n)
        throw config::Error(base::text("environment variable ", name, ": not a number"));
    return *n;
}

void take(Invocation& into, char letter, const std::string& value) {
    switch (letter) {
        case 'n':
            into.service = value;
            break;
        case 't':
            into.type = value;
            break;
        case 's':
            into.sockets = count_of(value, "option -s");
            break;
        case 'o':
            into.overrides.push_back(config::parse_override(value));
            break;
        case 'u':
            into.unprivileged = true;
            break;
        case 'c':
            into.chroot = true;
            break;
        case 'v':
            into.verbose = true;
            break;
        default:
            break;  // Postfix's daemons have it, and it changes nothing here
    }
}

}  // namespace

Invocation Invocation::parse(const std::vector<std::string>& arguments) {
    Invocation result;
    size_t at = 0;
    for (; at < arguments.size(); ++at) {
        const std::string& word = arguments[at];
        if (word.size() < 2 || word[0] != '-')
            break;
        for (size_t i = 1; i < word.size(); ++i) {
            if (alone.find(word[i]) != alone.npos) {
                take(result, word[i], "");
                continue;
            }
            if (with_value.find(word[i]) == with_value.npos)
                throw config::Error(base::text("unknown option -", word[i]));
            if (i + 1 == word.size() && at + 1 == arguments.size())
                throw config::Error(base::text("option -", word[i], " needs a value"));
            take(result, word[i], i + 1 < word.size() ? word.substr(i + 1) : arguments[++at]);
            break;
        }
    }
    result.arguments.assign(arguments.begin() + static_cast<ptrdiff_t>(at), arguments.end());
    if (const char* directory = ::getenv("MAIL_CONFIG"))
        result.config_directory = directory;
    result.generation = static_cast<unsigned>(from_environment("GENERATION", 8));
    result.session_limit = from_environment(session_limit_variable, 10);
    return result;
}

std::vector<std::string> Invocation::command_line() const {
    std::vector<std::string> words = {"-n", service, "-t", type};
    if (sockets != 1) {
        words.push_back("-s");
        words.push_back(base::text(sockets));
    }
    if (unprivileged)
        words.push_back("-u");
    if (chroot)
        words.push_back("-c");
    if (verbose)
        words.push_back("-v");
    for (const auto& [name, value] : overrides) {
        words.push_back("-o");
        words.push_back(base::text(name, "=", value));
    }
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
}

}  // namespace ipc
