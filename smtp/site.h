// Site is what a destination turned out to be: its endpoints in the order to try, or why not.
#pragma once

#include <optional>

#include "smtp/endpoint.h"
#include "smtp/trouble.h"

namespace smtp {

struct Site {
    Endpoints endpoints;
    std::optional<Trouble> trouble;  // when there are none
    bool ours = false;  // this machine is one of its mail exchangers: no fallback relay for it
};

}  // namespace smtp
