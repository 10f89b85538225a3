#include "postconf/listing.h"

#include <optional>
#include <set>

#include "lib/base/text.h"
#include "lib/config/evaluation.h"
#include "lib/config/expand.h"
#include "lib/config/parameter.h"
#include "lib/config/unused.h"

namespace postconf {

using Names = std::set<std::string, std::less<>>;

// What is known: the table, and what main.cf sets for use in other values.
static Names known_names(const config::MainCf& main_cf) {
    Names names;
    for (const config::Parameter* parameter : config::parameters())
        names.emplace(parameter->name);
    for (const auto& [name, setting] : main_cf.settings())
        names.insert(name);
    for (const std::string& name : config::unused_names(main_cf, {}))
        names.erase(name);
    return names;
}

Listing list_parameters(config::MainCf main_cf, const std::string& directory,
                        const Request& request) {
    if (request.defaults)
        main_cf = config::MainCf();
    else
        main_cf.set("config_directory", {directory, "-c"});
    for (const auto& [name, value] : request.overrides)
        if (!request.defaults)
            main_cf.set(name, {value, "-o"});
    config::Evaluation evaluation(main_cf, directory);
    Names known = known_names(main_cf);
    std::vector<std::string> names = request.names;
    if (names.empty())
        names.assign(known.begin(), known.end());
    Listing listing;
    for (const std::string& name : names) {
        if (!known.contains(name) && !config::find_parameter(name)) {
            listing.warnings.push_back(name + ": unknown parameter");
            continue;
        }
        if (request.only_set && !main_cf.find(name))
            continue;
        std::string value = request.expanded ? evaluation.of(name) : *evaluation.written(name);
        base::append(listing.lines, request.with_names ? name : "",
                     request.with_names && request.with_values ? " = " : "",
                     request.with_values ? value : "", '\n');
    }
    return listing;
}

}  // namespace postconf
