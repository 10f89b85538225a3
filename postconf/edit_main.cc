#include "postconf/edit_main.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "postconf/edit_lines.h"

namespace postconf {

// The name of "name = value"; throws config::Error.
static std::string_view name_of(std::string_view setting) {
    size_t equals = setting.find('=');
    std::string_view name = base::trim(setting.substr(0, equals));
    if (equals == 0 || (equals != setting.npos && name.empty()))
        throw config::Error(base::text("missing attribute name: \"", setting, '"'));
    if (equals == setting.npos || name.find_first_of(" \t") != name.npos)
        throw config::Error(base::text("missing '=' after attribute name: \"", setting, '"'));
    return name;
}

MainEdit parse_main_edit(std::string_view argument, Edit kind) {
    if (argument.find('\n') != argument.npos)
        throw config::Error("-e, -X, or -# accepts no multi-line input");
    std::string_view text = base::trim(argument);
    if (text.starts_with('#'))
        throw config::Error("-e, -X, or -# accepts no comment input");
    if (kind == Edit::set) {
        std::string_view name = name_of(text);
        return {std::string(name), std::string(base::trim(text.substr(text.find('=') + 1)))};
    }
    if (text.find('=') != text.npos)
        throw config::Error("-X or -# requires names without value");
    if (text.empty())
        throw config::Error("-X or -# requires non-blank parameter names");
    if (text.find_first_of(" \t") != text.npos)
        throw config::Error("-X or -# requires names without whitespace");
    return {std::string(text), {}};
}

static std::string line_of(const MainEdit& edit) {
    return base::text(edit.name, " = ", edit.value, '\n');
}

// What becomes of an entry that `edit` is about.
static std::string edited(const Group& group, Edit kind, const MainEdit& edit) {
    switch (kind) {
        case Edit::set:
            return line_of(edit) + group.comments();
        case Edit::comment_out:
            return group.commented_out();
        case Edit::remove:
            break;
    }
    return group.comments();
}

namespace {
struct Wanted {
    MainEdit edit;
    int found = 0;
};
}  // namespace

static Wanted* find(std::vector<Wanted>& wanted, std::string_view name) {
    auto found = std::find_if(wanted.begin(), wanted.end(),
                              [name](const Wanted& each) { return each.edit.name == name; });
    return found == wanted.end() ? nullptr : &*found;
}

Edited edit_main_cf(std::string_view text, Edit kind, const std::vector<MainEdit>& edits,
                    std::string_view file) {
    Edited result;
    std::vector<Wanted> wanted;
    for (const MainEdit& edit : edits) {
        Wanted* earlier = find(wanted, edit.name);
        if (!earlier) {
            wanted.push_back({edit});
            continue;
        }
        result.warnings.push_back(
            base::text("ignoring earlier request: '", edit.name, " = ", earlier->edit.value, '\''));
        earlier->edit = edit;
    }
    for (const Group& group : groups_of(text)) {
        std::string_view setting = group.text;
        Wanted* match = find(wanted, base::trim(setting.substr(0, setting.find('='))));
        if (!match || !group.is_entry()) {
            result.text += group.written();
            continue;
        }
        if (++match->found == 2)
            result.warnings.push_back(
                base::text(file, ": multiple entries for \"", match->edit.name, '"'));
        result.text += edited(group, kind, match->edit);
    }
    for (const Wanted& each : wanted)
        if (kind == Edit::set && each.found == 0)
            result.text += line_of(each.edit);
    return result;
}

}  // namespace postconf
