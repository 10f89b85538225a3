#include "postconf/layout.h"

#include "lib/base/text.h"

namespace postconf {

static constexpr size_t line_limit = 80;
static constexpr std::string_view indent = "    ";

void add_word(std::string& line, std::string_view word, bool folded, size_t margin) {
    size_t newline = line.rfind('\n');
    size_t length = newline == line.npos ? line.size() : line.size() - newline - 1;
    size_t limit = line_limit - margin;
    if (line.empty())
        line.append(word);
    else if (folded && length + 1 + word.size() > limit)
        base::append(line, '\n', indent, word);
    else
        base::append(line, ' ', word);
}

std::string setting_line(std::string_view name, const std::vector<std::string>& words,
                         const Style& style) {
    std::string line(style.with_names ? name : "");
    if (style.with_names && style.with_values)
        line += " =";
    if (style.with_values)
        for (const std::string& word : words)
            add_word(line, word, style.folded);
    return line + '\n';
}

std::string setting_line(std::string_view name, std::string_view value, const Style& style) {
    std::vector<std::string> words;
    for (std::string_view word : base::split(value, " \t\r\n"))
        words.emplace_back(word);
    return setting_line(name, words, style);
}

}  // namespace postconf
