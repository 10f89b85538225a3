// QuotedPrintable encodes text line by line (RFC 2045 section 6.7).
#pragma once

#include <string>
#include <string_view>

namespace smtp {

class QuotedPrintable {
  public:
    // Appends the encoding of a part of a line to `out`.
    void feed(std::string_view text, std::string& out);
    // Ends the line, with CRLF.
    void end_line(std::string& out);
    // Ends a text that has no CRLF at its end: no line break is added that was not there.
    void finish(std::string& out);

  private:
    void put(std::string_view token, std::string& out);
    void release_blank(std::string& out, bool line_ends);

    size_t column_ = 0;
    char blank_ = 0;  // a space or tab whose line may end behind it
};

}  // namespace smtp
