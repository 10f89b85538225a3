// How postconf writes a setting or a service: on one line, or folded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postconf {

struct Style {
    bool with_names = true;   // not with -h
    bool with_values = true;  // not with -H
    bool folded = false;      // -f: lines of 80 characters, continued with white space
};

// "NAME = VALUE\n", the words of the value separated by one space each.
std::string setting_line(std::string_view name, std::string_view value, const Style& style);
std::string setting_line(std::string_view name, const std::vector<std::string>& words,
                         const Style& style);

// Adds `word` to `line`, which may hold several lines already; on a new line when it does not fit
// the last of them with `margin` left free.
void add_word(std::string& line, std::string_view word, bool folded, size_t margin = 0);

}  // namespace postconf
