#include "postconf/edit_master.h"

#include <set>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/master_cf.h"
#include "lib/config/words.h"
#include "postconf/edit_lines.h"
#include "postconf/master_entry.h"
#include "postconf/pattern.h"

namespace postconf {
namespace {

struct MasterEdit {
    std::string argument;
    Pattern pattern;
    std::string value;
    bool found = false;
};

// What an edit is about is named in full.
Pattern parse_place(std::string_view text, Subject subject) {
    size_t parts = subject == Subject::services ? 2 : 3;
    std::optional<Pattern> pattern = Pattern::parse(text, parts);
    if (pattern && pattern->parts.size() == parts)
        return *pattern;
    throw config::Error(subject == Subject::services ? "-Me, -MX or -M# requires service_name/type"
                        : subject == Subject::fields
                            ? "-Fe or -FX requires service_name/type/field_name"
                            : "-Pe or -PX requires service_name/type/parameter");
}

MasterEdit parse_edit(const std::string& argument, Subject subject, Edit kind) {
    if (argument.find('\n') != argument.npos)
        throw config::Error("-Me, -Fe, -Pe, -X, or -# accept no multi-line input");
    MasterEdit edit{argument, {}, {}};
    size_t equals = argument.find('=');
    if (kind == Edit::set && equals == argument.npos)
        throw config::Error(base::text("missing '=' after attribute name: \"", argument, '"'));
    if (kind != Edit::set && equals != argument.npos)
        throw config::Error("-X or -# requires names without value");
    edit.pattern = parse_place(base::trim(argument.substr(0, equals)), subject);
    if (equals != argument.npos)
        edit.value = base::trim(argument.substr(equals + 1));
    if (subject == Subject::parameters && edit.value.find_first_of(" \t") != edit.value.npos)
        throw config::Error("-Pe does not accept whitespace in parameter value");
    if (subject == Subject::parameters && edit.pattern.parts[2] == "*")
        throw config::Error("-Pe does not accept wild-card parameter name");
    if (subject == Subject::fields && edit.pattern.parts[2] == "*")
        throw config::Error("-Fe does not accept wild-card field name");
    if (subject == Subject::fields && !field_index(edit.pattern.parts[2]))
        throw config::Error(
            base::text("invalid service attribute name: \"", edit.pattern.parts[2], '"'));
    return edit;
}

// The service that -M sets, as it is written.
std::string service_line(const MasterEdit& edit) {
    config::MasterCf::parse(edit.value, edit.argument);
    return MasterEntry::parse(edit.value).line(true);
}

// `group` without, or in place of, the service that `edit` names.
std::string edited_service(const Group& group, Edit kind, const MasterEdit& edit) {
    if (kind == Edit::set)
        return service_line(edit) + group.comments();
    return kind == Edit::comment_out ? group.commented_out() : group.comments();
}

void change(MasterEntry& entry, Subject subject, Edit kind, const MasterEdit& edit) {
    const std::string& name = edit.pattern.parts[2];
    if (subject == Subject::fields)
        entry.set_field(*field_index(name), edit.value);
    else if (kind == Edit::set)
        entry.set_parameter(name, edit.value);
    else
        entry.remove_parameter(name);
}

}  // namespace

Edited edit_master_cf(std::string_view text, Subject subject, Edit kind,
                      const std::vector<std::string>& arguments) {
    std::vector<MasterEdit> edits;
    for (const std::string& argument : arguments)
        edits.push_back(parse_edit(argument, subject, kind));
    Edited result;
    for (const Group& group : groups_of(text)) {
        std::string written = group.written();
        if (group.is_entry()) {
            MasterEntry entry = MasterEntry::parse(group.text);
            bool is_changed = false;
            for (MasterEdit& edit : edits) {
                if (!edit.pattern.matches_service(entry.service(), entry.type()))
                    continue;
                if (subject == Subject::services) {
                    // A second entry for the same service goes.
                    written = edit.found && kind == Edit::set ? group.comments()
                                                              : edited_service(group, kind, edit);
                } else {
                    change(entry, subject, kind, edit);
                    is_changed = true;
                }
                edit.found = true;
            }
            if (is_changed)
                written = group.comments() + entry.line(true);
        }
        result.text += written;
    }
    for (const MasterEdit& edit : edits) {
        if (edit.found || kind != Edit::set)
            continue;
        if (subject == Subject::services)
            result.text += service_line(edit);
        else
            result.warnings.push_back(
                base::text("unmatched service_name/type: \"", edit.argument, '"'));
    }
    return result;
}

}  // namespace postconf
