#include "lib/config/settings.h"

#include <algorithm>
#include <set>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/evaluation.h"
#include "lib/config/expand.h"
#include "lib/config/level.h"
#include "lib/config/unbuilt.h"
#include "lib/config/values.h"

namespace config {

std::pair<std::string, std::string> parse_override(std::string_view text) {
    size_t equals = text.find('=');
    std::string_view name = base::trim(text.substr(0, equals));
    if (equals == text.npos || !is_parameter_name(name))
        throw Error(base::text("-o: expected name=value, found \"", base::printable(text), '"'));
    return {std::string(name), std::string(base::trim(text.substr(equals + 1)))};
}

Settings::Settings(MainCf main_cf, std::string directory)
    : main_cf_(std::move(main_cf)), directory_(std::move(directory)) {}

Settings Settings::load(const std::string& directory, const Overrides& overrides) {
    return from(MainCf::read(directory + "/main.cf"), directory, overrides);
}

Settings Settings::load_for_command(const std::string& directory) {
    Settings settings(MainCf::read(directory + "/main.cf"), directory);
    settings.checked_at_load_ = false;
    std::vector<std::string> ignored;
    settings.evaluate(ignored);
    return settings;
}

Settings Settings::from(MainCf main_cf, const std::string& directory, const Overrides& overrides) {
    for (const auto& [name, value] : overrides)
        main_cf.set(name, {value, "-o"});
    Settings settings(std::move(main_cf), directory);
    settings.warnings_ = settings.main_cf_.warnings();
    std::vector<std::string> problems;
    settings.evaluate(problems);
    settings.warn_of_undefined();
    settings.check_values(problems);
    // A default that depends on what is wrong would say the same again.
    if (problems.empty())
        settings.check_defaults(problems);
    if (!problems.empty())
        throw Error(std::move(problems));
    return settings;
}

// Finds the values of all that is set, and those that the machine gives and everything depends on.
void Settings::evaluate(std::vector<std::string>& problems) {
    Evaluation evaluation(main_cf_, directory_);
    for (const auto& [name, setting] : main_cf_.settings()) {
        try {
            evaluation.of(name);
        } catch (const std::runtime_error& error) {  // a bad reference, an unreadable myorigin file
            problems.push_back(base::text(setting.where, ": ", name, ": ", error.what()));
        }
    }
    if (problems.empty())
        for (const char* name : {"config_directory", "myhostname", "mydomain"})
            evaluation.of(name);
    values_ = evaluation.values();
}

void Settings::warn_of_undefined() {
    std::set<std::string> undefined;
    for (const auto& [name, setting] : main_cf_.settings()) {
        std::optional<Parameter> parameter = find_parameter(name);
        if (parameter && parameter->raw)
            continue;
        try {
            for (std::string& other : references(setting.value))
                if (!main_cf_.find(other) && !find_parameter(other))
                    undefined.insert(std::move(other));
        } catch (const BadExpansion&) {
            continue;  // said where it was evaluated
        }
    }
    for (const std::string& name : undefined)
        warnings_.push_back("$" + name + " is used but has no value; it is taken as empty");
}

static std::optional<std::string> problem_of(const Parameter& parameter, std::string_view value) {
    if (parameter.name == "compatibility_level" && !parse_level(value))
        return base::text("expected a level such as 2 or 3.6, found \"", base::printable(value),
                          '"');
    return value_problem(parameter, value);
}

void Settings::check_values(std::vector<std::string>& problems) {
    for (const auto& [name, value] : values_) {
        std::optional<Parameter> parameter = find_parameter(name);
        if (!parameter || !is_set(name))
            continue;
        if (std::optional<std::string> problem = problem_of(*parameter, value)) {
            problems.push_back(base::text(where(name), ": ", name, ": ", *problem));
            continue;
        }
        if (parameter->state != State::not_built && parameter->state != State::risky)
            continue;
        Evaluation defaults(main_cf_, directory_, Evaluation::Origin::read, &values_);
        std::string fallback =
            parameter->raw ? std::string(parameter->fallback)
                           : expand(parameter->fallback,
                                    [&](std::string_view other) { return defaults.of(other); });
        Verdict verdict = judge_unbuilt(*parameter, value, fallback);
        if (verdict.concern == Concern::stop)
            problems.push_back(base::text(where(name), ": ", verdict.text));
        if (verdict.concern == Concern::warn)
            warnings_.push_back(base::text(where(name), ": ", verdict.text));
    }
}

// Defaults that refer to other values can turn out wrong; those that do not are tested.
void Settings::check_defaults(std::vector<std::string>& problems) const {
    Evaluation evaluation(main_cf_, directory_, Evaluation::Origin::read, &values_);
    for (const Parameter* parameter : parameters()) {
        bool is_any_text = parameter->type == Type::text || parameter->type == Type::list;
        if (is_any_text || parameter->fallback.find('$') == parameter->fallback.npos ||
            is_set(parameter->name))
            continue;
        try {
            const std::string& value = evaluation.of(parameter->name);
            if (std::optional<std::string> problem = value_problem(*parameter, value))
                problems.push_back(base::text("default: ", parameter->name, " = ",
                                              parameter->fallback, ": ", *problem));
        } catch (const BadExpansion& error) {
            problems.push_back(base::text("default: ", parameter->name, " = ", parameter->fallback,
                                          ": ", error.what()));
        }
    }
}

std::string Settings::value(std::string_view name) const {
    if (auto found = values_.find(name); found != values_.end())
        return found->second;
    return Evaluation(main_cf_, directory_, Evaluation::Origin::read, &values_).of(name);
}

std::string Settings::value_as(std::string_view name, Type type) const {
    std::optional<Parameter> parameter = find_parameter(name);
    if (!parameter || parameter->type != type)
        base::log::panic(
            base::text("the parameter table has no ", type_name(type), " named ", name));
    return checked_at_load_ ? value(name) : checked(*parameter);
}

std::string Settings::checked(const Parameter& parameter) const {
    const std::string place = base::text(where(parameter.name), ": ", parameter.name, ": ");
    std::string found;
    try {
        found = value(parameter.name);
    } catch (const std::runtime_error& error) {
        throw Error(place + error.what());
    }
    if (std::optional<std::string> problem = problem_of(parameter, found))
        throw Error(place + *problem);
    return found;
}

std::string Settings::text(std::string_view name) const {
    std::optional<Parameter> parameter = find_parameter(name);
    bool is_text = parameter && (parameter->type == Type::choice || parameter->type == Type::list);
    return value_as(name, is_text ? parameter->type : Type::text);
}

bool Settings::flag(std::string_view name) const {
    return *parse_flag(value_as(name, Type::flag));
}

int64_t Settings::number(std::string_view name) const {
    return *base::number<int64_t>(value_as(name, Type::number));
}

uint64_t Settings::size(std::string_view name) const {
    return static_cast<uint64_t>(*parse_size(value_as(name, Type::size)));
}

base::Duration Settings::time(std::string_view name) const {
    std::string value = value_as(name, Type::time);
    Parameter parameter = *find_parameter(name);
    if (!parameter.fine_unit.empty())
        return std::chrono::milliseconds(*parse_milliseconds(value, parameter.fine_unit));
    return std::chrono::seconds(*parse_seconds(value, parameter.fallback));
}

std::vector<std::string> Settings::list(std::string_view name) const {
    return parse_list(value_as(name, Type::list));
}

bool Settings::is_set(std::string_view name) const {
    return main_cf_.find(name) != nullptr;
}

std::string Settings::where(std::string_view name) const {
    const Setting* setting = main_cf_.find(name);
    return setting ? setting->where : "default";
}

}  // namespace config
