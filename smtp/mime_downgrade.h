// MimeDowngrade turns 8-bit content into 7-bit content for servers that do not offer 8BITMIME.
//
// Every part that calls itself 8bit or binary is sent as quoted-printable (RFC 6152 section 3);
// what is put together of such parts calls itself 7bit then. A part that does not say what it is
// stays as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/quoted_printable.h"

namespace smtp {

class MimeDowngrade {
  public:
    // Appends what to send for `content` to `out`; chunks may be cut anywhere.
    void feed(std::string_view content, std::string& out);
    void finish(std::string& out);

  private:
    enum class Type : uint8_t { leaf, multipart, message, untouched };

    void line(std::string_view text, std::string& out);
    void part_of_line(std::string_view text, std::string& out);
    void header_line(std::string_view text, std::string& out);
    void end_header(std::string& out);
    void take_content_type(std::string_view value);
    void end_headers(std::string& out);
    void leave_headers(std::string& out);
    void begin_part(Type usual);
    // Which multipart that we are in `text` is a delimiter of.
    std::optional<size_t> delimited(std::string_view text) const;
    void cross(size_t level, std::string_view text);

    struct Level {
        std::string delimiter;
        bool digest = false;  // its parts are messages unless they say otherwise
    };

    std::string pending_;  // a line not complete yet
    std::string header_;   // with its continuation lines
    bool in_headers_ = true;
    bool mid_line_ = false;  // the start of this line has been dealt with
    bool encoding_ = false;  // the body at hand
    QuotedPrintable encoder_;

    // Of the part whose headers are read.
    Type type_ = Type::leaf;
    std::string boundary_;
    bool digest_ = false;
    std::string held_;  // a Content-Transfer-Encoding of 8bit or binary, for the end of the headers

    std::vector<Level> levels_;  // the multiparts that we are in, from outside
};

}  // namespace smtp
