#include "lib/config/settings.h"

#include <algorithm>
#include <set>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/evaluation.h"
#include "lib/config/expand.h"
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

// The names to evaluate: all rows of the table and all that is set.
static std::set<std::string> names_to_evaluate(const MainCf& main_cf) {
    std::set<std::string> names;
    for (const Parameter* parameter : parameters())
        names.emplace(parameter->name);
    for (const auto& [name, setting] : main_cf.settings())
        names.insert(name);
    return names;
}

Settings Settings::load(const std::string& directory, const Overrides& overrides) {
    return from(MainCf::read(directory + "/main.cf"), directory, overrides);
}

Settings Settings::from(MainCf main_cf, const std::string& directory, const Overrides& overrides) {
    for (const auto& [name, value] : overrides)
        main_cf.set(name, {value, "-o"});
    Settings settings(std::move(main_cf), directory);
    settings.warnings_ = settings.main_cf_.warnings();
    std::vector<std::string> problems;
    Evaluation evaluation(settings.main_cf_, directory);
    for (const std::string& name : names_to_evaluate(settings.main_cf_)) {
        try {
            evaluation.of(name);
        } catch (const std::runtime_error& error) {  // a bad reference, an unreadable myorigin file
            if (!settings.is_set(name))
                continue;  // a default that refers to the name at fault
            problems.push_back(base::text(settings.where(name), ": ", name, ": ", error.what()));
        }
    }
    settings.values_ = evaluation.values();
    for (const std::string& name : evaluation.unknown())
        settings.warnings_.push_back("$" + name +
                                     " is used but has no value; it is taken as empty");
    settings.check_values(problems);
    if (!problems.empty())
        throw Error(std::move(problems));
    return settings;
}

void Settings::check_values(std::vector<std::string>& problems) {
    for (const auto& [name, value] : values_) {
        std::optional<Parameter> parameter = find_parameter(name);
        if (!parameter)
            continue;
        if (std::optional<std::string> problem = value_problem(*parameter, value)) {
            problems.push_back(base::text(where(name), ": ", name, ": ", *problem));
            continue;
        }
        if (!is_set(name))
            continue;
        std::string fallback = expand(
            parameter->fallback, [this](std::string_view other) { return this->value(other); });
        Verdict verdict = judge_unbuilt(*parameter, value, fallback);
        if (verdict.concern == Concern::stop)
            problems.push_back(base::text(where(name), ": ", verdict.text));
        if (verdict.concern == Concern::warn)
            warnings_.push_back(base::text(where(name), ": ", verdict.text));
    }
}

std::string Settings::value(std::string_view name) const {
    if (auto found = values_.find(name); found != values_.end())
        return found->second;
    // A per-transport name that is not set has the default "$default_…".
    std::optional<Parameter> parameter = find_parameter(name);
    return parameter ? value(parameter->fallback.substr(1)) : std::string();
}

std::string Settings::value_as(std::string_view name, Type type) const {
    std::optional<Parameter> parameter = find_parameter(name);
    if (!parameter || parameter->type != type)
        base::log::panic(
            base::text("the parameter table has no ", type_name(type), " named ", name));
    return value(name);
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
    return std::chrono::seconds(*parse_seconds(value, find_parameter(name)->fallback));
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
