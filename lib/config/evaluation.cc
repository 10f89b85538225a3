#include "lib/config/evaluation.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/config/expand.h"
#include "lib/config/machine.h"
#include "lib/config/parameter.h"

namespace config {

Evaluation::Evaluation(const MainCf& main_cf, const std::string& directory) : main_cf_(main_cf) {
    computed_["config_directory"] = directory;
    std::string host = kernel_host_name();
    bool complete = host.find('.') != host.npos;
    std::string domain = main_cf.find("mydomain") ? "$mydomain" : "localdomain";
    computed_["myhostname"] = complete ? host : host + '.' + domain;
}

std::optional<std::string> Evaluation::written(std::string_view name) {
    if (const Setting* setting = main_cf_.find(name))
        return setting->value;
    if (name == "mydomain")
        return domain_of(of("myhostname"));
    if (auto found = computed_.find(name); found != computed_.end())
        return found->second;
    if (std::optional<Parameter> parameter = find_parameter(name))
        return std::string(parameter->fallback);
    return std::nullopt;
}

std::string Evaluation::evaluate(std::string_view name) {
    std::optional<std::string> text = written(name);
    if (!text)
        unknown_.emplace(name);
    std::string value =
        expand(text.value_or(""), [this](std::string_view other) { return of(other); });
    // As Debian has it, myorigin may name the file that holds the name.
    return name == "myorigin" && value.starts_with('/') ? first_line(value) : value;
}

const std::string& Evaluation::of(std::string_view name) {
    if (auto known = values_.find(name); known != values_.end())
        return known->second;
    if (std::find(pending_.begin(), pending_.end(), name) != pending_.end())
        throw BadExpansion(base::text("expected a value that does not lead back to itself, found $",
                                      name, " in the value of ", pending_.back()));
    pending_.emplace_back(name);
    std::string value;
    try {
        value = evaluate(name);
    } catch (...) {
        pending_.pop_back();
        throw;
    }
    pending_.pop_back();
    return values_[std::string(name)] = std::move(value);
}

}  // namespace config
