#include "postconf/listing.h"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "lib/base/text.h"
#include "lib/config/evaluation.h"
#include "lib/config/expand.h"
#include "lib/config/parameter.h"
#include "lib/config/row_names.h"
#include "lib/config/unused.h"

namespace postconf {
namespace {

using config::Names;

bool has_class(const Options& options, std::string_view name) {
    auto is = [name](const std::string& each) { return each == name || each == "all"; };
    return options.classes.empty() ||
           std::any_of(options.classes.begin(), options.classes.end(), is);
}

Names builtin_names() {
    Names names;
    for (const config::Parameter* parameter : config::parameters())
        names.emplace(parameter->name);
    return names;
}

// The names that the classes of `options` have.
Names chosen_names(const config::MainCf& main_cf, const std::vector<config::ServiceEntry>& services,
                   const Options& options) {
    Names names;
    if (has_class(options, "builtin"))
        names = builtin_names();
    if (has_class(options, "service"))
        names.merge(config::transport_names(services));
    if (has_class(options, "user"))
        for (const std::string& name : config::user_names(main_cf, services))
            if (main_cf.find(name))
                names.insert(name);
    return names;
}

// What only a running program has: these two are the command's own.
std::string written_value(config::Evaluation& evaluation, const config::MainCf& main_cf,
                          const std::string& name) {
    if (name == "process_id" && !main_cf.find(name))
        return base::text(::getpid());
    if (name == "process_name" && !main_cf.find(name))
        return "postconf";
    return evaluation.written(name).value_or("");
}

}  // namespace

Listing list_parameters(config::MainCf main_cf, const std::vector<config::ServiceEntry>& services,
                        const Options& options) {
    bool defaults = options.has('d');
    if (defaults)
        main_cf = config::MainCf();
    else if (options.directory_given)
        main_cf.set("config_directory", {options.directory, "-c"});
    for (const auto& [name, value] : options.overrides)
        if (!defaults)
            main_cf.set(name, {value, "-o"});
    config::Evaluation evaluation(main_cf, options.directory,
                                  config::Evaluation::Origin::as_written);
    Names chosen = chosen_names(main_cf, services, options);
    std::vector<std::string> names = options.arguments;
    if (names.empty())
        names.assign(chosen.begin(), chosen.end());
    Listing listing;
    for (const std::string& name : names) {
        if (!chosen.contains(name)) {
            listing.warnings.push_back(name + ": unknown parameter");
            continue;
        }
        if (options.has('n') && !main_cf.find(name))
            continue;
        std::string value = written_value(evaluation, main_cf, name);
        if (options.has('x') && evaluation.written(name))
            value = evaluation.of(name);
        listing.lines += setting_line(name, value, options.style);
    }
    return listing;
}

static void add_undefined(Names& undefined, const config::MainCf& main_cf, const std::string& name,
                          std::string_view value) {
    std::optional<config::Parameter> parameter = config::find_parameter(name);
    if (parameter && parameter->raw)
        return;
    try {
        for (const std::string& other : config::references(value))
            if (!main_cf.find(other) && !config::find_parameter(other))
                undefined.insert(other);
    } catch (const config::BadExpansion&) {
        return;
    }
}

static std::vector<std::string> unused_options(const config::MainCf& main_cf,
                                               const std::vector<config::ServiceEntry>& services) {
    Names known = config::user_names(main_cf, services);
    known.merge(config::transport_names(services));
    std::vector<std::string> unused;
    for (const config::ServiceEntry& entry : services)
        for (const auto& [name, value] : entry.overrides)
            if (!config::has_row(name) && !known.contains(name))
                unused.push_back(base::text(name, '=', value));
    return unused;
}

std::vector<std::string> setting_warnings(const config::MainCf& main_cf,
                                          const std::vector<config::ServiceEntry>& services,
                                          const Options& options) {
    std::vector<std::string> warnings;
    Names in_main, in_master;
    for (const auto& [name, setting] : main_cf.settings())
        add_undefined(in_main, main_cf, name, setting.value);
    for (const config::ServiceEntry& entry : services)
        for (const auto& [name, value] : entry.overrides)
            add_undefined(in_master, main_cf, name, value);
    auto add = [&](const char* file, const char* what, std::string_view name) {
        warnings.push_back(base::text(options.directory, file, what, name));
    };
    for (const std::string& name : in_main)
        add("/main.cf", ": undefined parameter: ", name);
    for (const std::string& name : in_master)
        add("/master.cf", ": undefined parameter: ", name);
    if (options.subject == Subject::main_cf)
        for (const std::string& name : config::unused_names(main_cf, services))
            add("/main.cf",
                ": unused parameter: ", base::text(name, '=', main_cf.find(name)->value));
    for (const std::string& setting : unused_options(main_cf, services))
        add("/master.cf", ": unused parameter: ", setting);
    return warnings;
}

}  // namespace postconf
