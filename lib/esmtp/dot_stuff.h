// DotStuffer makes stored content fit to be sent, whatever the content holds.
//
// A CR or LF that is not part of CRLF becomes a space, and so does a NUL at the start of a line:
// nothing that some server takes for an end of data is ever sent inside a message. As no byte is
// added or lost by that, the size for BDAT is known beforehand.
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
    explicit DotStuffer(Framing framing = Framing::data) : dots_(framing == Framing::data) {}

    // Appends what to send for `content` to `out`; chunks may be cut anywhere.
    void feed(std::string_view content, std::string& out);
    // Ends the content: a last line without its CRLF gets one, and with DATA the final dot follows.
    void finish(std::string& out);

  private:
    void begin_line(std::string_view& content, std::string& out);

    bool dots_;
    bool line_start_ = true;
    bool cr_held_ = false;  // a CR at the end of the last chunk waits for what follows
};

}  // namespace esmtp
