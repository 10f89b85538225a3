#include "lib/base/error.h"

#include <cstring>

namespace base {

std::string error_text(int error) {
    char buffer[128];
    return strerror_r(error, buffer, sizeof buffer);
}

SystemError::SystemError(std::string_view what, int error)
    : std::runtime_error(std::string(what) + ": " + error_text(error)), code_(error) {}

}  // namespace base
