#include "lib/rewrite/unquoted.h"

#include "lib/base/text.h"
#include "lib/mail/address.h"

namespace rewrite {

namespace {

bool white(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool operates(char c) {
    constexpr std::string_view operators = "@!%:,";
    return operators.find(c) != operators.npos;
}

// Nothing in it is quoted, a literal, or white space: most addresses are so.
bool is_bare(std::string_view external) {
    constexpr std::string_view special = " \t\r\n\"\\[";
    return external.find_first_of(special) == external.npos;
}

}  // namespace

Unquoted Unquoted::from(std::string_view external) {
    Unquoted out;
    if (is_bare(external)) {
        out.append(external);
        return out;
    }
    bool in_quotes = false;
    bool in_literal = false;
    external = base::trim(external);
    for (size_t i = 0; i < external.size(); ++i) {
        char c = external[i];
        in_literal = in_literal || (c == '[' && !in_quotes && out.starts_literal());
        if (in_literal) {
            out.push(c, literal);
            in_literal = c != ']';
        } else if (c == '\\') {
            if (++i < external.size())
                out.push(external[i], quoted);
        } else if (c == '"') {
            in_quotes = !in_quotes;
        } else if (in_quotes) {
            out.push(c, quoted);
        } else {
            out.push_plain(c);
        }
    }
    for (size_t at = out.rfind('@'); at != npos && !out.host(at + 1); at = out.rfind('@'))
        out.marks_[at] = quoted;
    return out;
}

Unquoted Unquoted::bare(std::string_view text) {
    Unquoted out;
    bool in_literal = false;
    for (char c : base::trim(text)) {
        in_literal = in_literal || (c == '[' && out.starts_literal());
        if (in_literal)
            out.push(c, literal);
        else
            out.push_plain(c);
        in_literal = in_literal && c != ']';
    }
    return out;
}

void Unquoted::push(char c, char mark) {
    text_.push_back(c);
    marks_.push_back(mark);
}

void Unquoted::push_plain(char c) {
    auto last = [this](auto kind) {
        return !empty() && marks_.back() == plain && kind(text_.back());
    };
    if (white(c) && last(operates))
        return;
    while (operates(c) && last(white)) {
        text_.pop_back();
        marks_.pop_back();
    }
    push(c, plain);
}

// RFC 5321 section 4.1.3: a literal stands where a domain does.
bool Unquoted::starts_literal() const {
    return empty() || (marks_.back() == plain && operates(text_.back()));
}

bool Unquoted::host(size_t start, size_t count) const {
    return start >= size() || marks_.substr(start, count).find(quoted) == npos;
}

size_t Unquoted::find(char c, size_t start) const {
    for (size_t i = start; i < size(); ++i)
        if (is(i, c))
            return i;
    return npos;
}

size_t Unquoted::rfind(char c) const {
    for (size_t i = size(); i-- > 0;)
        if (is(i, c))
            return i;
    return npos;
}

Unquoted Unquoted::substr(size_t start, size_t count) const {
    Unquoted part;
    part.text_ = text_.substr(start, count);
    part.marks_ = marks_.substr(start, count);
    return part;
}

void Unquoted::append(std::string_view unquoted_text) {
    text_.append(unquoted_text);
    marks_.append(unquoted_text.size(), plain);
}

void Unquoted::append(const Unquoted& other) {
    text_.append(other.text_);
    marks_.append(other.marks_);
}

std::string Unquoted::external() const {
    size_t at = rfind('@');
    std::string out = mail::quoted_local(std::string_view(text_).substr(0, at));
    if (at != npos)
        base::append(out, '@', base::trim(std::string_view(text_).substr(at + 1)));
    return out;
}

}  // namespace rewrite
