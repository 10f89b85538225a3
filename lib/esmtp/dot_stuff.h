// DotStuffer makes stored content fit to be sent, whatever the content holds.
//
// A CR or LF that is not part of CRLF becomes a space, and so does a NUL at the start of a line:
// nothing that some server takes for an end of data is ever sent inside a message. A line over the
// limit is broken by CRLF SPACE; without a limit no byte is added or lost, so that the size for
// BDAT is known beforehand.
#pragma once

#include <string>
#include <string_view>

namespace esmtp {

class DotStuffer {
  public:
    enum class Framing {
        data,  // a dot more at the start of lines that begin with one (RFC 5321 section 4.5.2)
        bdat,  // as is
    };
    // `line_limit`: bytes of a line without its CRLF, at least 2; 0 is no limit.
    explicit DotStuffer(Framing framing = Framing::data, size_t line_limit = 0);

    // Appends what to send for `content` to `out`; chunks may be cut anywhere.
    void feed(std::string_view content, std::string& out);
    // Ends the content: a last line without its CRLF gets one, and with DATA the final dot follows.
    void finish(std::string& out);

  private:
    void add_line(std::string_view line, std::string& out);
    void add(std::string_view text, std::string& out);
    void begin_line(std::string_view& text, std::string& out);
    void end_line(std::string& out);

    bool dots_;
    size_t limit_;
    size_t column_ = 0;     // bytes of the current line so far
    bool cr_held_ = false;  // a CR at the end of the last chunk waits for what follows
};

}  // namespace esmtp
