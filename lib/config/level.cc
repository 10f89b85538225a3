#include "lib/config/level.h"

#include "lib/base/text.h"

namespace config {

std::optional<Level> parse_level(std::string_view text) {
    unsigned numbers[3] = {};
    for (unsigned& number : numbers) {
        size_t dot = text.find('.');
        std::optional<unsigned> value = base::number<unsigned>(text.substr(0, dot));
        if (!value)
            return std::nullopt;
        number = *value;
        if (dot == text.npos)
            return Level{numbers[0], numbers[1], numbers[2]};
        text.remove_prefix(dot + 1);
    }
    return std::nullopt;  // a fourth part
}

}  // namespace config
