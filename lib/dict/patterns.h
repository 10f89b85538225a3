// The syntax that regexp: and pcre: tables share.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "lib/dict/rules.h"
#include "lib/dict/use.h"

namespace dict {

struct PatternSyntax {
    std::string type;     // "regexp"
    std::string options;  // letters that may follow the pattern
    // The end of the warning of a pattern without an end.
    std::string unclosed_ending;
    // Throws config::Error with what is wrong.
    std::function<std::unique_ptr<Matcher>(const std::string& pattern, std::string_view options)>
        compile;
    std::string obsolete = {};  // letters that are warned of and mean nothing
};

// Rules with a fault are left out, with a warning.
std::unique_ptr<Rules> parse_patterns(std::string_view text, const std::string& path,
                                      const PatternSyntax& syntax, Use use);

}  // namespace dict
