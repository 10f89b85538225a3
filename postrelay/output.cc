#include "postrelay/output.h"

#include <cstdio>

namespace postrelay {

void put(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace postrelay
