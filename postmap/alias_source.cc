#include "postmap/alias_source.h"

#include <algorithm>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/text.h"

namespace postmap {
namespace {

// What stands for itself between words.
constexpr std::string_view signs = "<>@:;.%|!])";

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// A piece of a name or a value: a word, or one sign.
struct Token {
    std::string text;  // of a word without the quotes around it and the backslashes in it
    bool is_word = true;
    bool quoted = false;
};

// Takes characters off the front until `ends` says so of one that no backslash protects.
template <class Ends>
Token take_word(std::string_view& rest, Ends ends) {
    Token token;
    while (!rest.empty() && !ends(rest.front())) {
        if (rest.front() == '\\')
            rest.remove_prefix(1);
        if (rest.empty())
            break;
        token.text += rest.front();
        rest.remove_prefix(1);
    }
    return token;
}

Token take_quoted(std::string_view& rest) {
    rest.remove_prefix(1);
    Token token = take_word(rest, [](char c) { return c == '"'; });
    rest.remove_prefix(std::min<size_t>(rest.size(), 1));
    token.quoted = true;
    return token;
}

// "(…)" as it stands, others within it too.
Token take_comment(std::string_view& rest) {
    size_t depth = 0, end = 0;
    do {
        if (rest[end] == '\\' && end + 1 < rest.size())
            ++end;
        else
            depth += rest[end] == '(' ? 1 : rest[end] == ')' ? -1 : 0;
    } while (++end < rest.size() && depth > 0);
    Token token{std::string(rest.substr(0, end))};
    rest.remove_prefix(end);
    return token;
}

Token take_bracketed(std::string_view& rest) {
    Token token = take_word(rest, [](char c) { return c == ']'; });
    rest.remove_prefix(std::min<size_t>(rest.size(), 1));
    token.text += ']';
    return token;
}

// None at the end.
std::optional<Token> take_token(std::string_view& rest) {
    while (!rest.empty() && is_space(rest.front()))
        rest.remove_prefix(1);
    if (rest.empty())
        return std::nullopt;
    switch (char first = rest.front()) {
        case '"':
            return take_quoted(rest);
        case '(':
            return take_comment(rest);
        case '[':
            return take_bracketed(rest);
        default:
            if (first != ',' && signs.find(first) == signs.npos)
                break;
            rest.remove_prefix(1);
            return Token{std::string(1, first), false};
    }
    auto is_no_part = [](char c) {
        return is_space(c) || signs.find(c) != signs.npos || c == ',' || c == '"' || c == '(' ||
               c == '[';
    };
    Token token = take_word(rest, is_no_part);
    token.quoted = std::ranges::any_of(token.text, is_no_part);
    return token;
}

std::vector<Token> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    while (std::optional<Token> token = take_token(text))
        tokens.push_back(std::move(*token));
    return tokens;
}

std::string with_quotes(std::string_view text) {
    std::string quoted = "\"";
    for (char c : text)
        base::append(quoted, c == '"' || c == '\\' ? "\\" : "", c);
    return quoted + '"';
}

// One space between words, none beside signs, and one behind a comma.
std::string joined(const std::vector<Token>& tokens, bool keeps_quotes) {
    std::string all;
    for (size_t i = 0; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        bool opens = token.is_word || token.text == "<";
        if (i > 0 && opens &&
            (tokens[i - 1].is_word || (!token.is_word && tokens[i - 1].text == ">")))
            all += ' ';
        all += token.quoted && keeps_quotes ? with_quotes(token.text) : token.text;
        if (!token.is_word && token.text == ",")
            all += ' ';
    }
    return all;
}

// The colon that ends the name; npos where there is none.
size_t find_colon(std::string_view line) {
    std::string_view rest = line;
    while (std::optional<Token> token = take_token(rest))
        if (!token->is_word && token->text == ":")
            return line.size() - rest.size() - 1;
    return line.npos;
}

}  // namespace

std::optional<Alias> parse_alias(std::string_view line, std::string_view where) {
    size_t colon = find_colon(line);
    Alias alias;
    std::vector<Token> name;
    if (colon != line.npos) {
        name = tokens_of(line.substr(0, colon));
        alias.name = joined(name, false);
        alias.value = joined(tokens_of(line.substr(colon + 1)), true);
    }
    auto is = [&name](std::string_view sign) {
        return std::ranges::any_of(
            name, [sign](const Token& token) { return !token.is_word && token.text == sign; });
    };
    if (alias.name.empty() || alias.value.empty() || is(",")) {
        base::log::warning(base::text(where, ": need name:value pair"));
        return std::nullopt;
    }
    if (is("@")) {
        base::log::warning(base::text(where, ": name must be local"));
        return std::nullopt;
    }
    return alias;
}

}  // namespace postmap
