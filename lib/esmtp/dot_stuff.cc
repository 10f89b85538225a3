#include "lib/esmtp/dot_stuff.h"

#include <algorithm>

namespace esmtp {

DotStuffer::DotStuffer(Framing framing, size_t line_limit)
    // A broken line has room for its space and one byte more.
    : dots_(framing == Framing::data),
      limit_(line_limit == 0 ? 0 : std::max<size_t>(line_limit, 2)) {}

void DotStuffer::feed(std::string_view content, std::string& out) {
    if (cr_held_ && !content.empty()) {
        cr_held_ = false;
        if (content.front() == '\n') {
            end_line(out);
            content.remove_prefix(1);
        } else {
            add(" ", out);
        }
    }
    while (!content.empty()) {
        std::string_view line = content.substr(0, content.find('\n'));
        content.remove_prefix(line.size());
        bool lf = !content.empty();
        if (lf)
            content.remove_prefix(1);
        bool cr = line.ends_with('\r');
        if (cr)
            line.remove_suffix(1);
        add_line(line, out);
        if (cr && lf)
            end_line(out);
        else if (lf)
            add(" ", out);
        else
            cr_held_ = cr;
    }
}

void DotStuffer::finish(std::string& out) {
    if (cr_held_)
        add(" ", out);
    cr_held_ = false;
    if (column_ > 0)
        end_line(out);
    if (dots_)
        out.append(".\r\n");
}

// `line` has no LF.
void DotStuffer::add_line(std::string_view line, std::string& out) {
    for (size_t cr = line.find('\r'); cr != std::string_view::npos; cr = line.find('\r')) {
        add(line.substr(0, cr), out);
        add(" ", out);
        line.remove_prefix(cr + 1);
    }
    add(line, out);
}

// `text` has neither CR nor LF.
void DotStuffer::add(std::string_view text, std::string& out) {
    if (column_ == 0 && !text.empty())
        begin_line(text, out);
    while (limit_ > 0 && column_ + text.size() > limit_) {
        size_t fits = limit_ - std::min(column_, limit_);
        out.append(text.substr(0, fits));
        out.append("\r\n ");
        text.remove_prefix(fits);
        column_ = 1;
    }
    out.append(text);
    column_ += text.size();
}

void DotStuffer::begin_line(std::string_view& text, std::string& out) {
    if (text.front() == '\0') {
        out.push_back(' ');
        text.remove_prefix(1);
        column_ = 1;
    } else if (dots_ && text.front() == '.') {
        out.push_back('.');
    }
}

void DotStuffer::end_line(std::string& out) {
    out.append("\r\n");
    column_ = 0;
}

}  // namespace esmtp
