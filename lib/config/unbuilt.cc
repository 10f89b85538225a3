#include "lib/config/unbuilt.h"

#include "lib/base/text.h"

namespace config {

// Words joined by one space, so that "a, b" and "a  b" compare equal.
static std::string normal(std::string_view value) {
    std::string text;
    for (std::string_view word : base::split(value, ", \t"))
        base::append(text, text.empty() ? "" : " ", base::lower(word));
    return text;
}

static bool is_tolerated(std::string_view value, std::string_view tolerated) {
    if (tolerated.empty())
        return false;
    for (;;) {
        size_t bar = tolerated.find('|');
        if (value == normal(tolerated.substr(0, bar)))
            return true;
        if (bar == tolerated.npos)
            return false;
        tolerated.remove_prefix(bar + 1);
    }
}

Verdict judge_unbuilt(const Parameter& parameter, std::string_view value,
                      std::string_view fallback) {
    bool unbuilt = parameter.state == State::not_built || parameter.state == State::risky;
    std::string written = normal(value);
    if (!unbuilt || written == normal(fallback))
        return {};
    bool tolerated = is_tolerated(written, parameter.tolerated);
    if (parameter.state == State::not_built && tolerated)
        return {};
    std::string setting = base::text(parameter.name, " = ", base::printable(value));
    if (parameter.state == State::not_built || tolerated)
        return {Concern::warn, setting + " is not built yet and has no effect"};
    return {Concern::stop,
            setting + " is not built yet, and mail could suffer if it were ignored: expected " +
                (fallback.empty() ? "no value" : "\"" + std::string(fallback) + "\"") +
                " or no such line"};
}

}  // namespace config
