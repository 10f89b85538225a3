#include "smtp/quoted_printable.h"

#include "lib/base/text.h"

namespace smtp {
namespace {

// Of an encoded line, without the sign of a soft line break.
constexpr size_t longest = 75;

std::string escaped(char c) {
    return base::text('=', base::upper_hex(static_cast<unsigned char>(c), 2));
}

}  // namespace

void QuotedPrintable::put(std::string_view token, std::string& out) {
    if (column_ + token.size() > longest) {
        out += "=\r\n";
        column_ = 0;
    }
    out += token;
    column_ += token.size();
}

void QuotedPrintable::release_blank(std::string& out, bool line_ends) {
    if (blank_ == 0)
        return;
    if (line_ends)
        put(escaped(blank_), out);
    else
        put({&blank_, 1}, out);
    blank_ = 0;
}

void QuotedPrintable::feed(std::string_view text, std::string& out) {
    for (char c : text) {
        release_blank(out, false);
        if (c == ' ' || c == '\t')
            blank_ = c;
        else if (c > ' ' && c < 0x7f && c != '=')
            put({&c, 1}, out);
        else
            put(escaped(c), out);
    }
}

void QuotedPrintable::end_line(std::string& out) {
    release_blank(out, true);
    out += "\r\n";
    column_ = 0;
}

void QuotedPrintable::finish(std::string& out) {
    release_blank(out, true);
    column_ = 0;
}

}  // namespace smtp
