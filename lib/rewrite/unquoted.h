// Unquoted is an address without its quotes, which remembers what stood within them.
#pragma once

#include <string>
#include <string_view>

namespace rewrite {

class Unquoted {
  public:
    static constexpr size_t npos = std::string::npos;

    Unquoted() = default;
    // Reads an external form. Whatever is wrong with it gives some address, never an error: an
    // open quote ends with the text; white space beside operators is dropped; an @ with a quoted
    // domain behind it counts as quoted.
    static Unquoted from(std::string_view external);

    // Of text that has no quotes: every operator in it counts.
    static Unquoted bare(std::string_view text);

    bool empty() const { return text_.empty(); }
    size_t size() const { return text_.size(); }
    // Without quotes and backslashes.
    const std::string& text() const { return text_; }

    // Where `c` stands outside of quotes and address literals, first or last.
    size_t find(char c, size_t start = 0) const;
    size_t rfind(char c) const;
    bool is(size_t at, char c) const {
        return at < size() && text_[at] == c && marks_[at] == plain;
    }
    // Whether what stands there can be a host: no character of it was quoted.
    bool host(size_t start, size_t count = npos) const;

    Unquoted substr(size_t start, size_t count = npos) const;
    void append(std::string_view unquoted_text);
    void append(const Unquoted& other);

    // The external form: what stands before the last @ is the local part, and is quoted as far as
    // it must be.
    std::string external() const;

  private:
    static constexpr char plain = 0;
    static constexpr char quoted = 1;
    static constexpr char literal = 2;  // within the brackets of an address literal

    void push(char c, char mark);
    void push_plain(char c);
    bool starts_literal() const;

    std::string text_;
    std::string marks_;  // one for each character of text_
};

}  // namespace rewrite
