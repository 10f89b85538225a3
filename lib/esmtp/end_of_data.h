// EndOfData finds the end of a message sent with DATA.
//
// Only CRLF.CRLF ends it (RFC 5321 section 4.1.1.4), at the very start .CRLF; no setting relaxes
// this, because two servers that disagree about the end let a sender smuggle a second message.
// Dot-stuffing is undone. A bare LF ends a line like CRLF and is counted, but neither it nor the
// line behind it is ever part of the end of data; a bare CR is left where it is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace esmtp {

class EndOfData {
  public:
    // Appends the content in `in` to `out`, all its lines ending in CRLF; returns how many bytes of
    // `in` belong to the message. Any division of the input into chunks gives the same content.
    size_t feed(std::string_view in, std::string& out);

    bool done() const { return state_ == State::done; }
    bool bare_lf() const { return bare_lf_; }  // there was one so far

  private:
    enum class State { line_start, dot, dot_cr, text, cr, done };

    size_t text_run(std::string_view in, std::string& out);
    void step(char c, std::string& out);
    void line_end(bool strict, std::string& out);

    State state_ = State::line_start;
    bool strict_ = true;  // the line before this one ended in CRLF
    bool bare_lf_ = false;
};

// The same for chunks of BDAT, which have no end of their own: a bare LF becomes CRLF.
class BdatText {
  public:
    void feed(std::string_view in, std::string& out);
    bool bare_lf() const { return bare_lf_; }
    bool at_line_start() const { return last_ == '\n'; }

  private:
    char last_ = '\n';
    bool bare_lf_ = false;
};

}  // namespace esmtp
