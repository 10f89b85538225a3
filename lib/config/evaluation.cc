#include "lib/config/evaluation.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/config/expand.h"
#include "lib/config/machine.h"
#include "lib/config/own_networks.h"
#include "lib/config/parameter.h"
#include "lib/config/values.h"

namespace config {

// How many values may be expanded within each other.
static constexpr size_t most_pending = 100;

Evaluation::Evaluation(const MainCf& main_cf, const std::string& directory, Origin origin,
                       const Values* known)
    : main_cf_(main_cf), directory_(directory), origin_(origin), known_(known) {}

std::optional<std::string> Evaluation::from_machine(std::string_view name) {
    if (name == "config_directory")
        return directory_;
    if (name == "mydomain")
        return domain_of(of("myhostname"));
    if (name == "myhostname") {
        std::string host = kernel_host_name();
        bool complete = host.find('.') != host.npos;
        std::string domain = main_cf_.find("mydomain") ? "$mydomain" : "localdomain";
        return complete ? host : host + '.' + domain;
    }
    if (name == "mynetworks")
        return own_networks(
            own_addresses(parse_list(of("inet_interfaces")), parse_list(of("inet_protocols"))),
            of("mynetworks_style"));
    return std::nullopt;
}

std::optional<std::string> Evaluation::written(std::string_view name) {
    if (const Setting* setting = main_cf_.find(name))
        return setting->value;
    if (std::optional<std::string> computed = from_machine(name))
        return computed;
    if (std::optional<Parameter> parameter = find_parameter(name))
        return std::string(parameter->fallback);
    return std::nullopt;
}

std::string Evaluation::evaluate(std::string_view name) {
    std::string text = written(name).value_or("");
    std::optional<Parameter> parameter = find_parameter(name);
    if (parameter && parameter->raw)
        return text;
    std::string value = expand(text, [this](std::string_view other) { return of(other); });
    // As Debian has it, myorigin may name the file that holds the name.
    bool names_file = name == "myorigin" && value.starts_with('/') && origin_ == Origin::read;
    return names_file ? first_line(value) : value;
}

const std::string& Evaluation::of(std::string_view name) {
    if (auto found = values_.find(name); found != values_.end())
        return found->second;
    if (known_)
        if (auto found = known_->find(name); found != known_->end())
            return found->second;
    if (std::find(pending_.begin(), pending_.end(), name) != pending_.end())
        throw BadExpansion(base::text("expected a value that does not lead back to itself, found $",
                                      name, " in the value of ", pending_.back()));
    if (pending_.size() == most_pending)
        throw BadExpansion(base::text("expected at most ", most_pending,
                                      " values that lead to each other, found $", name));
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
