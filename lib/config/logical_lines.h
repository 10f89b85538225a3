// Logical lines are what main.cf and master.cf consist of once comments and continuations are read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace config {

struct LogicalLine {
    std::string text;   // the parts as they are, without white space at the ends
    std::string where;  // "FILE, line N", of its first part
};

// A line beginning with white space continues the logical line before it; comments (first character
// other than white space is '#') and empty lines do not end one. Adds to `problems` a continuation
// with nothing before it and lines that hold control characters.
std::vector<LogicalLine> logical_lines(std::string_view text, const std::string& file,
                                       std::vector<std::string>& problems);

// The whole of a file; throws base::SystemError.
std::string read_file(const std::string& path);

}  // namespace config
