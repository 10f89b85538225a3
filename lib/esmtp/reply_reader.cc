#include "lib/esmtp/reply_reader.h"

#include <utility>

#include "lib/base/text.h"

namespace esmtp {

namespace {

std::string_view without_line_end(std::string_view line) {
    if (line.ends_with('\n'))
        line.remove_suffix(1);
    while (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

// Replies may be UTF-8 (RFC 6531 section 3.7.4): only control characters are replaced.
std::string cleaned(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = c == '\t' ? ' ' : '?';
    return out;
}

}  // namespace

ReplyReader::Progress ReplyReader::feed(std::string_view line) {
    line = without_line_end(line);
    if (++lines_ > most_lines)
        return Progress::malformed;
    auto code = base::number<unsigned>(line.substr(0, 3));
    if (!code || *code < 100 || line.size() < 3)
        return Progress::noise;
    bool more = line.size() > 3 && line[3] == '-';
    if (line.size() > 3 && !more && line[3] != ' ' && line[3] != '\t')
        return Progress::noise;
    // RFC 5321 section 4.2.1: all lines have one code; where they differ, the last one counts.
    reply_.code = static_cast<int>(*code);
    std::string_view text = line.size() > 4 ? line.substr(4) : std::string_view();
    keep(text);
    if (!more)
        reply_.dsn = mail::Dsn::at_start_of(text);
    return more ? Progress::more : Progress::complete;
}

void ReplyReader::keep(std::string_view text) {
    if (lines_ > kept_lines || bytes_ + text.size() > kept_bytes)
        return;
    bytes_ += text.size();
    reply_.lines.push_back(cleaned(text));
}

mail::Reply ReplyReader::take() {
    lines_ = bytes_ = 0;
    // A code of another class than the reply's own says nothing.
    if (reply_.dsn && reply_.dsn->klass != reply_.code / 100)
        reply_.dsn.reset();
    return std::exchange(reply_, mail::Reply());
}

}  // namespace esmtp
