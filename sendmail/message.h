// Message reads a user's message from standard input and gives its records.
//
// It turns CRLF into LF where the first line has it, ends at a line with a dot alone (unless that
// is switched off), leaves out a mailbox "From " line in front, and finds the recipients in the
// headers for -t.
#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sendmail {

struct Reading {
    bool dot_ends = true;
    bool find_recipients = false;
    size_t longest_piece = 2048;  // of a line in one record
};

// The recipients that headers name: of Resent-To, Resent-Cc and Resent-Bcc where the message was
// sent again, else of To, Cc and Bcc; as the addresses stand there, in external form.
class HeaderRecipients {
  public:
    // A line without its end.
    void line(std::string_view text);
    // More of the last line.
    void piece(std::string_view text);
    // No more headers; what was found.
    std::vector<std::string> finish();

  private:
    void finish_header();

    std::string header_;
    bool over_ = false;
    bool resent_ = false;
    std::vector<std::string> first_, again_;
};

// `put(type, data)` gets one content record after the other. Returns the recipients found. Throws
// base::SystemError when `input` cannot be read.
using Put = std::function<void(char type, std::string_view data)>;
std::vector<std::string> read_message(FILE* input, const Reading& reading, const Put& put);

}  // namespace sendmail
