#include "lib/dict/braces.h"

#include "lib/base/text.h"

namespace dict {

std::vector<std::string> split_braced(std::string_view text) {
    std::vector<std::string> elements;
    std::string element;
    int depth = 0;
    for (char c : text) {
        bool separates =
            depth == 0 && std::string_view(", \t\r\n").find(c) != std::string_view::npos;
        if (separates) {
            if (!element.empty())
                elements.push_back(std::move(element));
            element.clear();
            continue;
        }
        if (c == '{')
            ++depth;
        else if (c == '}' && depth > 0)
            --depth;
        element += c;
    }
    if (!element.empty())
        elements.push_back(std::move(element));
    return elements;
}

std::optional<std::string_view> inside_braces(std::string_view text) {
    if (!text.starts_with('{'))
        return std::nullopt;
    int depth = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        depth += (text[i] == '{') - (text[i] == '}');
        if (depth == 0)
            return i + 1 == text.size() ? std::optional(base::trim(text.substr(1, i - 1)))
                                        : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace dict
