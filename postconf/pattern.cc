#include "postconf/pattern.h"

namespace postconf {

std::optional<Pattern> Pattern::parse(std::string_view text, size_t most) {
    Pattern pattern;
    for (size_t slash; (slash = text.find('/')) != text.npos; text.remove_prefix(slash + 1))
        pattern.parts.emplace_back(text.substr(0, slash));
    pattern.parts.emplace_back(text);
    if (pattern.parts.size() > most || pattern.parts.front().empty())
        return std::nullopt;
    return pattern;
}

static bool fits(std::string_view part, std::string_view text) {
    return part == "*" || part == text;
}

bool Pattern::matches_service(std::string_view service, std::string_view type) const {
    return fits(parts[0], service) && (parts.size() < 2 || fits(parts[1], type));
}

bool Pattern::matches_name(std::string_view name) const {
    return parts.size() < 3 || fits(parts[2], name);
}

}  // namespace postconf
