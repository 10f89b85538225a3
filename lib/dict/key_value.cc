#include "lib/dict/key_value.h"

#include "lib/base/log.h"
#include "lib/base/text.h"

namespace dict {
namespace {

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

// Where the key ends; npos where a quote is open at the end of the line.
size_t end_of_key(std::string_view line) {
    bool quoted = false;
    for (size_t i = 0; i < line.size(); ++i) {
        char c = line[i];
        if (c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (is_space(c) && !quoted)
            return i;
    }
    return quoted ? std::string_view::npos : line.size();
}

}  // namespace

std::optional<KeyValue> split_key_value(const TableLines::Line& from, std::string_view file,
                                        std::string_view ending) {
    std::string_view line = trimmed(from.text);
    size_t end = end_of_key(line);
    if (end == line.npos) {
        base::log::warning(base::text(where(file, from.number), ": unbalanced '\"' in '",
                                      base::printable(line), "' -- ignoring this line"));
        return std::nullopt;
    }
    KeyValue entry{line.substr(0, end), trimmed(line.substr(end))};
    if (entry.key.empty() || entry.value.empty()) {
        base::log::warning(base::text(where(file, from.number),
                                      ": expected format: key whitespace value", ending));
        return std::nullopt;
    }
    if (entry.key.back() == ':')
        base::log::warning(
            base::text(where(file, from.number),
                       ": record is in \"key: value\" format; is this an alias file?"));
    return entry;
}

}  // namespace dict
