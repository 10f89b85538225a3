// A listing of parameters, as postconf prints it.
#pragma once

#include <string>
#include <vector>

#include "lib/config/main_cf.h"
#include "lib/config/settings.h"

namespace postconf {

struct Request {
    bool defaults = false;        // -d: what holds when main.cf is empty
    bool only_set = false;        // -n: what main.cf or -o sets
    bool with_names = true;       // not with -h
    bool with_values = true;      // not with -H
    bool expanded = false;        // -x
    config::Overrides overrides;  // -o
    std::vector<std::string> names;
};

struct Listing {
    std::string lines;
    std::vector<std::string> warnings;  // names asked for that are not known
};

// Values are shown as they are written unless `expanded`; nothing is checked. Without names, all
// that the request allows is listed. Throws config::BadExpansion where -x meets a bad reference.
Listing list_parameters(config::MainCf main_cf, const std::string& directory,
                        const Request& request);

}  // namespace postconf
