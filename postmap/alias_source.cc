#include "postmap/alias_source.h"

#include "lib/base/log.h"
#include "lib/base/text.h"

namespace postmap {
namespace {

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// Where the quoted string that begins at `start` ends: behind its closing quote, or at the end.
size_t end_of_quoted(std::string_view text, size_t start) {
    for (size_t i = start + 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            return i + 1;
    }
    return text.size();
}

// The ':' outside of quotes; npos where there is none.
size_t find_colon(std::string_view line) {
    for (size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"')
            i = end_of_quoted(line, i) - 1;
        else if (line[i] == ':')
            return i;
    }
    return line.npos;
}

// Words joined by one space each, quotes and what they protect resolved.
std::string unquoted(std::string_view text) {
    std::string name;
    bool gap = false, quoted = false;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') {
            quoted = !quoted;
            continue;
        }
        if (!quoted && is_space(text[i])) {
            gap = !name.empty();
            continue;
        }
        if (gap)
            name += ' ';
        gap = false;
        if (text[i] == '\\' && quoted && i + 1 < text.size())
            ++i;
        name += text[i];
    }
    return name;
}

// White space made one space, one behind each comma and none before it.
std::string tidy(std::string_view text) {
    std::string value;
    bool gap = false;
    for (size_t i = 0; i < text.size();) {
        if (is_space(text[i]) || text[i] == ',') {
            if (text[i] == ',' && !value.empty() && value.back() != ',')
                value += ',';
            gap = !value.empty();
            ++i;
            continue;
        }
        if (gap)
            value += ' ';
        gap = false;
        size_t end = text[i] == '"' ? end_of_quoted(text, i) : i + 1;
        value += text.substr(i, end - i);
        i = end;
    }
    while (value.ends_with(','))
        value.pop_back();
    return value;
}

}  // namespace

std::optional<Alias> parse_alias(std::string_view line, std::string_view where) {
    size_t colon = find_colon(line);
    Alias alias;
    if (colon != line.npos) {
        alias.name = unquoted(line.substr(0, colon));
        alias.value = tidy(line.substr(colon + 1));
    }
    if (alias.name.empty() || alias.value.empty()) {
        base::log::warning(base::text(where, ": need name:value pair"));
        return std::nullopt;
    }
    if (line.substr(0, colon).find('"') == line.npos && alias.name.find('@') != std::string::npos) {
        base::log::warning(base::text(where, ": name must be local"));
        return std::nullopt;
    }
    return alias;
}

}  // namespace postmap
