// Instance is one configuration as master runs it: settings, and the plan made of them.
#pragma once

#include <string>
#include <vector>

#include "lib/config/settings.h"
#include "master/plan.h"

namespace master {

struct Instance {
    config::Settings settings;
    Plan plan;
    std::vector<std::string> doubts;  // what `postfix check` warns of

    // Reads and checks everything in `directory`; changes nothing. Throws config::Error or
    // base::SystemError.
    static Instance load(const std::string& directory);
};

}  // namespace master
