#include "postconf/edit_lines.h"

#include "lib/base/text.h"

namespace postconf {

static bool is_comment(std::string_view line) {
    std::string_view content = base::trim(line);
    return content.empty() || content.front() == '#';
}

std::string Group::comments() const {
    std::string kept;
    for (const std::string& line : lines)
        if (is_comment(line))
            kept += line;
    return kept;
}

std::string Group::commented_out() const {
    std::string all;
    for (const std::string& line : lines)
        base::append(all, is_comment(line) ? "" : "#", line);
    return all;
}

std::string Group::written() const {
    std::string all;
    for (const std::string& line : lines)
        all += line;
    return all;
}

std::vector<Group> groups_of(std::string_view text) {
    std::vector<Group> groups;
    while (!text.empty()) {
        size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        bool comment = is_comment(line);
        bool continues = line.starts_with(' ') || line.starts_with('\t');
        if (groups.empty() || (!comment && !continues))
            groups.emplace_back();
        groups.back().lines.push_back(std::string(line) + '\n');
        if (!comment && (groups.back().is_entry() || !continues))
            groups.back().text += line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
    }
    return groups;
}

}  // namespace postconf
