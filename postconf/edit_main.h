// Edits of a main.cf's text: comments, order and everything else stay as they are.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postconf {

enum class Edit : uint8_t { set, comment_out, remove };

struct Edited {
    std::string text;
    std::vector<std::string> warnings;
};

struct MainEdit {
    std::string name;
    std::string value;  // for Edit::set
};

// "name=value", "name = value"; with Edit::comment_out and remove just the name. Throws
// config::Error.
MainEdit parse_main_edit(std::string_view argument, Edit kind);

// Every setting of a name is edited; one that is not there is added at the end by Edit::set. Of two
// edits of one name the later counts. `file` is for warnings.
Edited edit_main_cf(std::string_view text, Edit kind, const std::vector<MainEdit>& edits,
                    std::string_view file);

}  // namespace postconf
