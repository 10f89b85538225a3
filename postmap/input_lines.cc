#include "postmap/input_lines.h"

#include <unistd.h>

#include "lib/base/error.h"

namespace postmap {
namespace {

constexpr size_t read_at_once = 64 << 10;

}  // namespace

std::optional<std::string_view> InputLines::next() {
    do {
        size_t end = text_.find('\n', looked_);
        if (end == text_.npos) {
            looked_ = text_.size();
            continue;
        }
        std::string_view line = std::string_view(text_).substr(begin_, end - begin_);
        begin_ = looked_ = end + 1;
        return line;
    } while (read_more());
    if (begin_ == text_.size())
        return std::nullopt;
    std::string_view line = std::string_view(text_).substr(begin_);
    begin_ = text_.size();
    return line;
}

bool InputLines::read_more() {
    text_.erase(0, begin_);
    begin_ = 0;
    size_t old = looked_ = text_.size();
    before_waiting_();
    text_.resize(old + read_at_once);
    ssize_t got = ::read(STDIN_FILENO, text_.data() + old, read_at_once);
    if (got < 0)
        throw base::SystemError("read standard input");
    text_.resize(old + static_cast<size_t>(got));
    return got > 0;
}

}  // namespace postmap
