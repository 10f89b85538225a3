#include "lib/config/expand.h"

#include <cctype>

#include "lib/base/text.h"

namespace config {

static std::string_view leading_name(std::string_view text) {
    size_t length = 0;
    while (length < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[length])) || text[length] == '_'))
        length++;
    return text.substr(0, length);
}

// The name of the reference at the start of `text`, just behind its '$'; removes it from `text`.
static std::string_view take_reference(std::string_view& text) {
    bool enclosed = text.starts_with('{') || text.starts_with('(');
    char closing = text.starts_with('{') ? '}' : ')';
    std::string_view rest = text.substr(enclosed);
    std::string_view name = leading_name(rest);
    rest.remove_prefix(name.size());
    if (name.empty() || (enclosed && !rest.starts_with(closing)))
        throw BadExpansion(base::text("expected $name, ${name}, $(name) or $$ at \"$",
                                      base::printable(text), '"'));
    text = rest.substr(enclosed);
    return name;
}

std::string expand(std::string_view value,
                   const std::function<std::string(std::string_view)>& lookup) {
    std::string out;
    for (;;) {
        size_t dollar = value.find('$');
        out.append(value.substr(0, dollar));
        if (dollar == value.npos)
            return out;
        value.remove_prefix(dollar + 1);
        if (value.starts_with('$')) {
            out.push_back('$');
            value.remove_prefix(1);
            continue;
        }
        out.append(lookup(take_reference(value)));
    }
}

std::vector<std::string> references(std::string_view value) {
    std::vector<std::string> names;
    expand(value, [&names](std::string_view name) {
        names.emplace_back(name);
        return std::string();
    });
    return names;
}

}  // namespace config
