#include "lib/esmtp/dot_stuff.h"

#include <algorithm>

namespace esmtp {

void DotStuffer::begin_line(std::string_view& content, std::string& out) {
    line_start_ = false;
    if (content.front() == '\0') {
        out.push_back(' ');
        content.remove_prefix(1);
    } else if (dots_ && content.front() == '.') {
        out.push_back('.');
    }
}

void DotStuffer::feed(std::string_view content, std::string& out) {
    while (!content.empty()) {
        if (cr_held_) {
            cr_held_ = false;
            if (content.front() == '\n') {
                out.append("\r\n");
                line_start_ = true;
                content.remove_prefix(1);
                continue;
            }
            out.push_back(' ');
            line_start_ = false;
        }
        if (line_start_)
            begin_line(content, out);
        size_t end = std::min(content.find_first_of("\r\n"), content.size());
        out.append(content.substr(0, end));
        content.remove_prefix(end);
        if (content.empty())
            return;
        cr_held_ = content.front() == '\r';
        if (!cr_held_)
            out.push_back(' ');
        content.remove_prefix(1);
    }
}

void DotStuffer::finish(std::string& out) {
    if (cr_held_)
        out.push_back(' ');
    if (cr_held_ || !line_start_)
        out.append("\r\n");
    cr_held_ = false;
    line_start_ = true;
    if (dots_)
        out.append(".\r\n");
}

}  // namespace esmtp
