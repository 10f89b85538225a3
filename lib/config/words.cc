#include "lib/config/words.h"

#include "lib/base/text.h"

namespace config {

static constexpr std::string_view space = " \t\r\n";

Words::Words(std::string_view line) : rest_(base::trim(line)) {}

std::string_view Words::next() {
    size_t length = rest_.starts_with('{') ? group_length() : rest_.find_first_of(space);
    std::string_view word = rest_.substr(0, length);
    rest_ = base::trim(rest_.substr(word.size()));
    return word;
}

std::string_view Words::field(std::string_view what) {
    if (rest_.empty())
        throw BadLine(
            base::text("expected eight fields (name type private unpriv chroot wakeup "
                       "maxproc command), found no ",
                       what));
    return next();
}

size_t Words::group_length() const {
    int depth = 0;
    for (size_t i = 0; i < rest_.size(); i++) {
        depth += rest_[i] == '{' ? 1 : rest_[i] == '}' ? -1 : 0;
        if (depth > 0)
            continue;
        if (i + 1 < rest_.size() && space.find(rest_[i + 1]) == space.npos)
            throw BadLine(
                base::text("expected white space after '}', found \"", rest_.substr(i + 1), '"'));
        return i + 1;
    }
    throw BadLine(base::text("expected '}' at the end of \"", rest_, '"'));
}

std::string_view without_braces(std::string_view word) {
    return word.starts_with('{') ? base::trim(word.substr(1, word.size() - 2)) : word;
}

}  // namespace config
