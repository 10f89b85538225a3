#include "lib/config/error.h"

namespace config {

static std::string joined(const std::vector<std::string>& problems) {
    std::string text;
    for (const std::string& problem : problems) {
        if (!text.empty())
            text += '\n';
        text += problem;
    }
    return text;
}

Error::Error(std::vector<std::string> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

}  // namespace config
