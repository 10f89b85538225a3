#include "lib/mail/header_addresses.h"

#include "lib/base/text.h"

namespace mail {

namespace {

enum class Kind { atom, quoted, literal, comment, special };

struct Token {
    Kind kind;
    size_t begin;
    size_t end;
};

bool blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool special(char c) {
    constexpr std::string_view specials = "()<>[]:;@\\,.\"";
    return specials.find(c) != specials.npos;
}

// Where the text that opened at `at` closes; the end of `value` where it does not.
size_t end_of_quoted(std::string_view value, size_t at, char close) {
    for (size_t i = at + 1; i < value.size(); ++i) {
        if (value[i] == '\\')
            ++i;
        else if (value[i] == close)
            return i + 1;
    }
    return value.size();
}

size_t end_of_comment(std::string_view value, size_t at) {
    int depth = 0;
    for (size_t i = at; i < value.size(); ++i) {
        if (value[i] == '\\')
            ++i;
        else if (value[i] == '(')
            ++depth;
        else if (value[i] == ')' && --depth == 0)
            return i + 1;
    }
    return value.size();
}

size_t end_of_atom(std::string_view value, size_t at) {
    size_t i = at;
    while (i < value.size() && !blank(value[i]) && (!special(value[i]) || value[i] == '\\'))
        i += value[i] == '\\' ? 2 : 1;
    return std::min(i, value.size());
}

Token token_at(std::string_view value, size_t at) {
    switch (value[at]) {
        case '(':
            return {Kind::comment, at, end_of_comment(value, at)};
        case '"':
            return {Kind::quoted, at, end_of_quoted(value, at, '"')};
        case '[':
            return {Kind::literal, at, end_of_quoted(value, at, ']')};
        default:
            if (special(value[at]) && value[at] != '\\')
                return {Kind::special, at, at + 1};
            return {Kind::atom, at, end_of_atom(value, at)};
    }
}

// Collects the tokens of one address after the other.
class Scanner {
  public:
    explicit Scanner(std::string_view value) : value_(value) {}

    std::vector<HeaderAddress> scan() {
        for (size_t at = 0; at < value_.size();) {
            if (blank(value_[at])) {
                ++at;
                continue;
            }
            Token token = token_at(value_, at);
            at = token.end;
            if (token.kind != Kind::comment)
                take(token);
        }
        finish_words();
        return std::move(found_);
    }

  private:
    char sign(const Token& token) const {
        return token.kind == Kind::special ? value_[token.begin] : '\0';
    }

    void take(const Token& token) {
        char c = sign(token);
        if (bracketed_) {
            if (c != '>')
                return words_.push_back(token);
            add(0, words_.size());
            words_.clear();
            bracketed_ = false;
            return;
        }
        if (c == '<') {
            words_.clear();  // they were a display name
            bracketed_ = true;
        } else if (c == ':') {
            words_.clear();  // they were the name of a group
        } else if (c == ',' || c == ';') {
            finish_words();
        } else if (c != '>') {
            words_.push_back(token);
        }
    }

    // Whether the token and the one before it belong to one address.
    bool joined(const Token& before, const Token& token) const {
        auto joins = [](char c) { return c == '.' || c == '@'; };
        return joins(sign(before)) || joins(sign(token)) || before.end == token.begin;
    }

    // Words without < >: as many addresses as there are words that nothing joins.
    void finish_words() {
        size_t first = 0;
        if (bracketed_)
            add(0, words_.size());
        for (size_t i = 0; i < words_.size() && !bracketed_; ++i)
            if (i + 1 == words_.size() || !joined(words_[i], words_[i + 1])) {
                add(first, i + 1);
                first = i + 1;
            }
        words_.clear();
        bracketed_ = false;
    }

    void add(size_t first, size_t last) {
        if (first == last)
            return;
        HeaderAddress address{words_[first].begin, words_[last - 1].end, {}};
        for (size_t i = first; i < last; ++i)
            for (size_t at = words_[i].begin; at < words_[i].end; ++at)
                if (value_[at] != '\r' && value_[at] != '\n')  // folded within quotes
                    address.address.push_back(value_[at]);
        found_.push_back(std::move(address));
    }

    std::string_view value_;
    std::vector<Token> words_;
    std::vector<HeaderAddress> found_;
    bool bracketed_ = false;
};

void append_comments(std::string& out, std::string_view text) {
    for (size_t at = 0; at < text.size();) {
        if (blank(text[at])) {
            ++at;
            continue;
        }
        Token token = token_at(text, at);
        at = token.end;
        if (token.kind == Kind::comment)
            base::append(out, ' ', text.substr(token.begin, token.end - token.begin));
    }
}

}  // namespace

std::vector<HeaderAddress> header_addresses(std::string_view value) {
    return Scanner(value).scan();
}

std::string replace_addresses(std::string_view value, const std::vector<HeaderAddress>& addresses,
                              const std::vector<std::string>& instead) {
    std::string out;
    size_t at = 0;
    for (size_t i = 0; i < addresses.size(); ++i) {
        const HeaderAddress& old = addresses[i];
        if (instead[i] == old.address)
            continue;
        base::append(out, value.substr(at, old.begin - at), instead[i]);
        append_comments(out, value.substr(old.begin, old.end - old.begin));
        at = old.end;
    }
    return out.append(value.substr(at));
}

}  // namespace mail
