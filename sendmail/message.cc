#include "sendmail/message.h"

#include <algorithm>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/mail/header_addresses.h"
#include "lib/spool/queue_record.h"

namespace sendmail {

namespace {

constexpr size_t longest_header = 102400;  // of one with recipients; more of it is not read

bool blank(char c) {
    return c == ' ' || c == '\t';
}

// "Name" of "Name: value" or "Name : value"; "" for no header.
std::string_view header_name(std::string_view line) {
    size_t colon = line.find(':');
    if (colon == line.npos || colon == 0)
        return {};
    std::string_view name = base::trim(line.substr(0, colon));
    return blank(line.front()) || name.find_first_of(" \t") != name.npos ? "" : name;
}

bool mailbox_line(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of('>'), line.size()));
    return line.starts_with("From ");
}

// One line as stdio gives it, or the next piece of a long one.
class Lines {
  public:
    Lines(FILE* input, size_t longest) : input_(input), longest_(longest) {}

    // False at the end of the input.
    bool next() {
        text_.clear();
        whole_ = false;
        int c = 0;
        while (text_.size() < longest_ && (c = ::getc_unlocked(input_)) != EOF) {
            if (c == '\n') {
                whole_ = true;
                break;
            }
            text_.push_back(static_cast<char>(c));
        }
        if (c == EOF && std::ferror(input_))
            throw base::SystemError("read the message");
        if (!whole_ && c != EOF)  // exactly as long as a piece
            peek_end();
        return whole_ || !text_.empty();
    }

    std::string_view text() const { return text_; }
    bool whole() const { return whole_; }  // its line end was read
    void strip_cr() {
        if (whole_ && text_.ends_with('\r'))
            text_.pop_back();
    }

  private:
    void peek_end() {
        int c = ::getc_unlocked(input_);
        if (c == '\n')
            whole_ = true;
        else if (c != EOF)
            std::ungetc(c, input_);
    }

    FILE* input_;
    size_t longest_;
    std::string text_;
    bool whole_ = false;
};

}  // namespace

void HeaderRecipients::line(std::string_view text) {
    if (over_)
        return;
    bool more = !text.empty() && blank(text.front());
    if (more && !header_.empty()) {
        if (header_.size() < longest_header)
            base::append(header_, ' ', text);
        return;
    }
    finish_header();
    if (header_name(text).empty())
        over_ = true;
    else
        header_ = text;
}

void HeaderRecipients::piece(std::string_view text) {
    if (!over_ && header_.size() < longest_header)
        header_.append(text);
}

void HeaderRecipients::finish_header() {
    std::string_view name = header_name(header_);
    if (!name.empty()) {
        constexpr std::string_view prefix = "resent-";
        bool again = base::starts_nocase(name, prefix);
        if (again)
            name.remove_prefix(prefix.size());
        for (std::string_view wanted : {"to", "cc", "bcc"}) {
            if (!base::equal_nocase(name, wanted))
                continue;
            resent_ = resent_ || again;
            std::string_view value = std::string_view(header_).substr(header_.find(':') + 1);
            for (mail::HeaderAddress& address : mail::header_addresses(value))
                (again ? again_ : first_).push_back(std::move(address.address));
        }
    }
    header_.clear();
}

std::vector<std::string> HeaderRecipients::finish() {
    finish_header();
    return resent_ ? again_ : first_;
}

std::vector<std::string> read_message(FILE* input, const Reading& reading, const Put& put) {
    Lines lines(input, reading.longest_piece);
    HeaderRecipients recipients;
    bool first = true, begins = true, crlf = false, in_front = true;
    while (lines.next()) {
        if (first)
            crlf = lines.whole() && lines.text().ends_with('\r');
        if (crlf)
            lines.strip_cr();
        if (begins && lines.whole() && reading.dot_ends && lines.text() == ".")
            break;
        first = false;
        in_front = in_front && (!begins || mailbox_line(lines.text()));
        if (in_front) {  // several such lines may stand in front
            begins = lines.whole();
            continue;
        }
        if (reading.find_recipients)
            begins ? recipients.line(lines.text()) : recipients.piece(lines.text());
        put(lines.whole() ? spool::record::line : spool::record::piece, lines.text());
        begins = lines.whole();
    }
    if (!begins)
        put(spool::record::line, "");  // the last line lacked its end
    return recipients.finish();
}

}  // namespace sendmail
