#include "lib/config/unused.h"

#include <set>
#include <string_view>

#include "lib/config/expand.h"
#include "lib/config/parameter.h"

namespace config {

using Names = std::set<std::string, std::less<>>;

static void add_references(Names& names, std::string_view value) {
    try {
        for (std::string& name : references(value))
            names.insert(std::move(name));
    } catch (const BadExpansion&) {
        return;  // an error of its own where the value is evaluated
    }
}

std::vector<std::string> unused_names(const MainCf& main_cf,
                                      const std::vector<ServiceEntry>& services) {
    Names used;
    for (const auto& [name, setting] : main_cf.settings())
        add_references(used, setting.value);
    for (const ServiceEntry& entry : services) {
        for (const auto& [name, value] : entry.overrides) {
            used.insert(name);
            add_references(used, value);
        }
    }
    std::vector<std::string> unused;
    for (const auto& [name, setting] : main_cf.settings())
        if (!find_parameter(name) && !used.contains(name))
            unused.push_back(name);
    return unused;
}

}  // namespace config
