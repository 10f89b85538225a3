// Standard output, whole lines at a time.
#pragma once

#include <string_view>

namespace postrelay {

void put(std::string_view text);

}  // namespace postrelay
