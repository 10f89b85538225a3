#include "lib/config/logical_lines.h"

#include <fcntl.h>

#include <algorithm>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"

namespace config {

static bool is_control(char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f;
}

std::vector<LogicalLine> logical_lines(std::string_view text, const std::string& file,
                                       std::vector<std::string>& problems) {
    std::vector<LogicalLine> lines;
    for (size_t number = 1; !text.empty(); number++) {
        size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        std::string_view content = base::trim(line);
        if (content.empty() || content.front() == '#')
            continue;
        std::string where = base::text(file, ", line ", number);
        if (std::any_of(line.begin(), line.end(), is_control)) {
            problems.push_back(where + ": expected text, found a control character");
            continue;
        }
        if (line.front() != ' ' && line.front() != '\t')
            lines.push_back({std::string(content), std::move(where)});
        else if (lines.empty())
            problems.push_back(where + ": expected a setting at the start of the line, found a " +
                               "continuation line with nothing before it");
        else
            lines.back().text.append(line);
    }
    for (LogicalLine& line : lines)
        line.text.erase(base::trim(line.text).size());
    return lines;
}

std::string read_file(const std::string& path) {
    base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        throw base::SystemError("open " + path);
    std::string text;
    char buffer[16384];
    for (;;) {
        ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
        if (got < 0)
            throw base::SystemError("read " + path);
        if (got == 0)
            return text;
        text.append(buffer, static_cast<size_t>(got));
    }
}

}  // namespace config
