// Request is a command line of postrelay(1), understood.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "lib/base/time.h"

namespace postrelay {

enum class Verb : uint8_t { show, explain, probe, drain, down, up, reset, flush, watch };

struct Request {
    Verb verb = Verb::show;
    std::optional<std::string> directory;  // -c
    bool json = false;                     // -j
    bool connect = false;                  // --probe, of explain
    std::string sender;                    // -f
    std::optional<base::Duration> time;    // -t
    std::string text;                      // -m
    std::vector<std::string> names;        // what the verb is about
};

// What is wrong, and how it is used.
struct Misuse : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Options may stand before and after the verb. Throws Misuse.
Request parse_request(const std::vector<std::string>& words);

}  // namespace postrelay
