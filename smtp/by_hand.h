// The client as a command, run by a person or by postrelay(1): smtp -P, see smtp(8).
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"

namespace smtp {

// Its command line, without the program's name.
struct ByHand {
    std::optional<std::string> directory;  // -c
    std::string service;                   // -n: the transport; "": the program's name
    config::Overrides overrides;           // -o
};

// Whether the command line is one of a command, not of master's child: it begins with -P.
bool is_by_hand(const std::vector<std::string>& words);
// Throws config::Error saying what cannot be understood.
ByHand parse_by_hand(const std::vector<std::string>& words);

// Asks at the places on standard input; the exit status.
int run_by_hand(const std::vector<std::string>& words, std::string_view program);

}  // namespace smtp
