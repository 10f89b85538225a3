#include "lib/config/unused.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/config/expand.h"
#include "lib/config/parameter.h"
#include "lib/config/row_names.h"
#include "lib/config/values.h"

namespace config {

// The agents that qmgr delivers with; pipe and spawn have a time limit too.
static constexpr std::string_view agents[] = {"smtp", "lmtp", "local", "virtual", "error", "pipe"};

Names transport_names(const std::vector<ServiceEntry>& services) {
    Names names;
    for (const ServiceEntry& entry : services) {
        bool is_agent =
            std::find(std::begin(agents), std::end(agents), entry.command) != std::end(agents);
        for (std::string_view suffix : per_transport_suffixes()) {
            bool is_limit = suffix == "_time_limit";
            bool has_limit = entry.command == "pipe" || entry.command == "spawn";
            bool is_failover = suffix.starts_with("_failover_");
            bool has_relays = entry.command == "smtp" || entry.command == "lmtp";
            if (is_failover ? has_relays : is_limit ? has_limit : is_agent)
                names.insert(base::text(entry.name, suffix));
        }
    }
    return names;
}

static void add_references(Names& names, std::string_view value) {
    try {
        for (std::string& name : references(value))
            names.insert(std::move(name));
    } catch (const BadExpansion&) {
        return;  // an error of its own where the value is evaluated
    }
}

// "ldap:corp" in `value` makes settings of main.cf that begin with "corp_" known.
static void add_table_settings(Names& prefixes, std::string_view value) {
    static constexpr std::string_view types[] = {
        "ldap:", "mysql:", "pgsql:", "sqlite:", "memcache:", "mongodb:"};
    for (std::string_view word : base::split(value, ", \t\r\n{}")) {
        if (word.starts_with("proxy:"))
            word.remove_prefix(6);
        for (std::string_view type : types)
            if (word.starts_with(type) && !word.substr(type.size()).starts_with('/'))
                prefixes.insert(std::string(word.substr(type.size())) + '_');
    }
}

Names user_names(const MainCf& main_cf, const std::vector<ServiceEntry>& services) {
    Names names, prefixes;
    for (const Parameter* row : parameters())
        if (row->fallback.find('$') != row->fallback.npos)
            add_references(names, row->fallback);
    for (const auto& [name, setting] : main_cf.settings()) {
        add_references(names, setting.value);
        add_table_settings(prefixes, setting.value);
    }
    for (const ServiceEntry& entry : services) {
        for (const auto& [name, value] : entry.overrides) {
            add_references(names, value);
            add_table_settings(prefixes, value);
            if (name == "smtpd_restriction_classes")
                for (std::string& restriction_class : parse_list(value))
                    names.insert(std::move(restriction_class));
        }
    }
    if (const Setting* classes = main_cf.find("smtpd_restriction_classes"))
        for (std::string& name : parse_list(classes->value))
            names.insert(std::move(name));
    for (const auto& [name, setting] : main_cf.settings())
        for (const std::string& prefix : prefixes)
            if (name.starts_with(prefix))
                names.insert(name);
    std::erase_if(names, [](const std::string& name) { return has_row(name); });
    return names;
}

std::vector<std::string> unused_names(const MainCf& main_cf,
                                      const std::vector<ServiceEntry>& services) {
    Names used = user_names(main_cf, services);
    used.merge(transport_names(services));
    std::vector<std::string> unused;
    for (const auto& [name, setting] : main_cf.settings())
        if (!has_row(name) && !used.contains(name))
            unused.push_back(name);
    return unused;
}

std::vector<std::string> unused_options(const ServiceEntry& entry, const MainCf& main_cf,
                                        const std::vector<ServiceEntry>& services) {
    if (entry.overrides.empty())
        return {};
    Names used = user_names(main_cf, services);
    used.merge(transport_names(services));
    std::vector<std::string> unused;
    for (const auto& [name, value] : entry.overrides)
        if (!has_row(name) && !used.contains(name))
            unused.push_back(name);
    return unused;
}

// Whether one edit makes `right` of `left`.
static bool is_one_edit(std::string_view left, std::string_view right) {
    if (left.size() > right.size())
        std::swap(left, right);
    if (right.size() - left.size() > 1 || left == right)
        return false;
    size_t at = 0;
    while (at < left.size() && left[at] == right[at])
        at++;
    if (left.size() != right.size())
        return left.substr(at) == right.substr(at + 1);
    if (left.substr(at + 1) == right.substr(at + 1))
        return true;
    return at + 1 < left.size() && left[at] == right[at + 1] && left[at + 1] == right[at] &&
           left.substr(at + 2) == right.substr(at + 2);
}

std::string similar_name(std::string_view name, const Names& more) {
    for (const Parameter* row : parameters())
        if (is_one_edit(name, row->name))
            return std::string(row->name);
    for (const std::string& other : more)
        if (is_one_edit(name, other))
            return other;
    return {};
}

}  // namespace config
