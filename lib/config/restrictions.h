// The access restrictions of the SMTP server by name, and lists of them as main.cf has them.
//
// Here are syntax and names, so that `postfix check` and smtpd say the same; smtpd/ has what each
// of them does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"

namespace config {

struct RestrictionName {
    enum class Takes : uint8_t { nothing, table, number, domain, service };
    enum class State : uint8_t { works, not_built };

    std::string_view name;
    Takes takes = Takes::nothing;
    State state = State::works;
    std::string_view today;  // an older spelling: the name that is used now
};

// Null for what is none. Older spellings give the row of today's name.
const RestrictionName* find_restriction(std::string_view name);

// One restriction of a list.
struct RestrictionUse {
    const RestrictionName* known = nullptr;  // null: a restriction class, or unknown
    std::string name;                        // today's name, or as written
    std::string argument;                    // "" for those that take none
    // What check_ccert_access looks up in its table, in order.
    std::vector<std::string> search;
};

// Restrictions stand between commas and white space; { } keep what they enclose together. A table
// without a restriction before it is an argument of `default_access`. Throws Error where an
// argument is missing.
std::vector<RestrictionUse> parse_restrictions(std::string_view text,
                                               std::string_view default_access);

// One list of restrictions: a stage of the SMTP dialogue.
struct RestrictionStage {
    std::string_view parameter;       // "smtpd_recipient_restrictions"
    std::string_view default_access;  // "check_recipient_access"; "" where tables need a name
};
const std::vector<RestrictionStage>& restriction_stages();

// What is wrong with the lists that `settings` has for smtpd: restrictions that are not built yet,
// arguments that are missing, classes without a definition, recipients that nothing refuses.
struct RestrictionFindings {
    std::vector<std::string> problems;
    std::vector<std::string> warnings;
};
RestrictionFindings check_restrictions(const Settings& settings);

}  // namespace config
