#include "lib/dict/table_lines.h"

#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"

namespace dict {
namespace {

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// Neither empty nor a comment.
bool has_content(std::string_view line) {
    for (char c : line)
        if (!is_space(c))
            return c != '#';
    return false;
}

}  // namespace

TableLines::TableLines(std::string_view text, std::string file)
    : rest_(text), file_(std::move(file)) {}

// The next line that says something; none at the end.
std::optional<std::string_view> TableLines::take_part() {
    while (!rest_.empty()) {
        size_t end = rest_.find('\n');
        std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
        ++number_;
        if (has_content(line))
            return line;
    }
    return std::nullopt;
}

std::optional<TableLines::Line> TableLines::take_line() {
    std::optional<std::string_view> part = take_part();
    if (!part)
        return std::nullopt;
    Line line{*part, number_};
    bool joined = false;
    while (true) {
        std::string_view rest_before = rest_;
        size_t number_before = number_;
        std::optional<std::string_view> more = take_part();
        if (!more || !is_space(more->front())) {
            rest_ = rest_before;
            number_ = number_before;
            line.text = line.text.substr(0, line.text.find('\0'));
            return line;
        }
        if (!joined)
            joined_ = line.text;
        joined = true;
        joined_ += *more;
        line.text = joined_;
    }
}

std::optional<TableLines::Line> TableLines::next() {
    std::optional<Line> line = take_line();
    if (!line || line->text.empty() || !is_space(line->text.front()))
        return line;
    // Only the first can: all others would be a part of the one before.
    base::log::warning(base::text(file_, ": logical line must not start with whitespace: \"",
                                  base::printable(line->text.substr(0, 30)), '"'));
    return take_line();
}

std::string where(std::string_view file, size_t line) {
    return base::text(file, ", line ", line);
}

std::string read_all(int fd, const std::string& path) {
    std::string text;
    struct stat found {};
    if (::fstat(fd, &found) == 0 && found.st_size > 0)
        text.reserve(static_cast<size_t>(found.st_size) + 1);
    char buffer[65536];
    while (true) {
        ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got < 0)
            throw base::SystemError("read " + path);
        if (got == 0)
            return text;
        text.append(buffer, static_cast<size_t>(got));
    }
}

}  // namespace dict
