#include "postconf/master_listing.h"

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/evaluation.h"
#include "lib/config/expand.h"
#include "postconf/edit_lines.h"
#include "postconf/master_entry.h"
#include "postconf/pattern.h"

namespace postconf {
namespace {

// `text` with references replaced by what holds for the service.
std::string expanded(std::string_view text, const MasterEntry& entry, const config::MainCf& main_cf,
                     const Options& options) {
    config::MainCf own = main_cf;
    own.set("service_name", {entry.service(), ""});
    for (const auto& [name, value] : entry.parameters())
        own.set(name, {value, "-o"});
    config::Evaluation evaluation(own, options.directory);
    return config::expand(text, [&](std::string_view name) { return evaluation.of(name); });
}

// `entry` with the values of its parameters expanded.
MasterEntry expanded_entry(const MasterEntry& entry, const config::MainCf& main_cf,
                           const Options& options) {
    MasterEntry shown = entry;
    for (const auto& [name, value] : entry.parameters())
        shown.set_parameter(name, expanded(value, entry, main_cf, options));
    return shown;
}

std::string shown_fields(const MasterEntry& entry, const Pattern& pattern, const Options& options) {
    std::string lines;
    for (size_t i = 0; i < std::size(MasterEntry::field_names); i++) {
        if (!pattern.matches_name(MasterEntry::field_names[i]))
            continue;
        std::string line;
        if (options.style.with_names)
            line = base::text(entry.place(), '/', MasterEntry::field_names[i]);
        if (options.style.with_names && options.style.with_values)
            line += " = ";
        if (options.style.with_values)
            entry.add_field(line, i, options.style.folded);
        lines += line + '\n';
    }
    return lines;
}

std::string shown_parameters(const MasterEntry& entry, const Pattern& pattern,
                             const Options& options) {
    std::string lines;
    for (const auto& [name, value] : entry.parameters())
        if (pattern.matches_name(name))
            lines += setting_line(base::text(entry.place(), '/', name), value, options.style);
    return lines;
}

Pattern parse_request(const std::string& request, Subject subject) {
    bool of_services = subject == Subject::services;
    if (std::optional<Pattern> pattern = Pattern::parse(request, of_services ? 2 : 3))
        return *pattern;
    throw config::Error(base::text("-", subject_letter(subject),
                                   " option requires service_name[/type",
                                   of_services                  ? "]"
                                   : subject == Subject::fields ? "[/field]]"
                                                                : "[/parameter]]"));
}

std::string shown(const MasterEntry& entry, const Pattern& pattern, const config::MainCf& main_cf,
                  const Options& options) {
    if (!pattern.matches_service(entry.service(), entry.type()))
        return {};
    const MasterEntry as_asked = options.has('x') ? expanded_entry(entry, main_cf, options) : entry;
    if (options.subject == Subject::services)
        return as_asked.line(options.style.folded);
    return options.subject == Subject::fields ? shown_fields(as_asked, pattern, options)
                                              : shown_parameters(as_asked, pattern, options);
}

}  // namespace

Listing list_services(std::string_view text, const config::MainCf& main_cf,
                      const Options& options) {
    std::vector<MasterEntry> entries;
    for (const Group& group : groups_of(text))
        if (group.is_entry())
            entries.push_back(MasterEntry::parse(group.text));
    std::vector<std::string> requests = options.arguments;
    if (requests.empty())
        requests = {"*"};
    Listing listing;
    for (const std::string& request : requests) {
        Pattern pattern = parse_request(request, options.subject);
        if (options.subject == Subject::fields && pattern.parts.size() == 3 &&
            pattern.parts[2] != "*" && !field_index(pattern.parts[2]))
            throw config::Error(
                base::text("invalid service attribute name: \"", pattern.parts[2], '"'));
        std::string lines;
        for (const MasterEntry& entry : entries)
            lines += shown(entry, pattern, main_cf, options);
        if (lines.empty() && !options.arguments.empty())
            listing.warnings.push_back(base::text("unmatched request: \"", request, '"'));
        listing.lines += lines;
    }
    return listing;
}

}  // namespace postconf
