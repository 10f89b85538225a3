// The lines of a configuration file in the groups that edits work on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postconf {

// A setting or service with its continuation lines, or comments and empty lines alone. `lines` are
// as in the file, each with its "\n"; comments between the parts of one entry belong to it.
struct Group {
    std::vector<std::string> lines;
    std::string text;  // the logical line; empty for comments

    bool is_entry() const { return !text.empty(); }
    // What edits of an entry keep: the comments and empty lines among its lines.
    std::string comments() const;
    // All lines, those that are no comment behind a '#'.
    std::string commented_out() const;
    std::string written() const;
};

// In the order of the file. An entry ends before the next line that begins without white space,
// comments behind it included.
std::vector<Group> groups_of(std::string_view text);

}  // namespace postconf
