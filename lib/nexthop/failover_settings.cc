#include "lib/nexthop/failover_settings.h"

#include <algorithm>
#include <optional>
#include <variant>
#include <vector>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/parameter.h"
#include "lib/config/unused.h"
#include "lib/config/values.h"
#include "lib/dict/braces.h"

namespace nexthop {
namespace {

using Settings = FailoverSettings;

// Where a value goes.
using Place = std::variant<bool& (*)(Settings&), uint64_t& (*)(Settings&), double& (*)(Settings&),
                           base::Duration& (*)(Settings&), std::string& (*)(Settings&),
                           Policy& (*)(Settings&), AfterDot& (*)(Settings&)>;

struct Row {
    std::string_view parameter;
    Place place;
};

template <auto member>
auto& own(Settings& of) {
    return of.*member;
}
template <auto member>
auto& rule(Settings& of) {
    return of.rules.*member;
}

using Rules = health::Rules;
const Row rows[] = {
    {"failover_address_hedge_delay", own<&Settings::address_hedge_delay>},
    {"failover_after_dot", own<&Settings::after_dot>},
    {"failover_after_dot_delay", own<&Settings::after_dot_delay>},
    {"failover_all_down_probe_interval", rule<&Rules::all_down_probe_interval>},
    {"failover_attempt_budget", own<&Settings::attempt_budget>},
    {"failover_auth_open_time", rule<&Rules::auth_open_time>},
    {"failover_auth_open_time_limit", rule<&Rules::auth_open_time_limit>},
    {"failover_banner_hedge_delay", own<&Settings::banner_hedge_delay>},
    {"failover_connect_hedge_delay", own<&Settings::connect_hedge_delay>},
    {"failover_health", own<&Settings::health>},
    {"failover_mx_open_time_limit", rule<&Rules::mx_open_time_limit>},
    {"failover_open_time", rule<&Rules::open_time>},
    {"failover_open_time_limit", rule<&Rules::open_time_limit>},
    {"failover_policy", own<&Settings::policy>},
    {"failover_probe_banner_timeout", own<&Settings::probe_banner_timeout>},
    {"failover_probe_connect_timeout", own<&Settings::probe_connect_timeout>},
    {"failover_probe_interval", own<&Settings::probe_interval>},
    {"failover_ramp_time", rule<&Rules::ramp_time>},
    {"failover_reply_filter", own<&Settings::reply_filter>},
    {"failover_return_rate", own<&Settings::return_rate>},
    {"failover_score_half_life", rule<&Rules::score_half_life>},
    {"failover_score_threshold", rule<&Rules::score_threshold>},
    {"failover_slow_factor", rule<&Rules::slow_factor>},
    {"failover_slow_hold_time", rule<&Rules::slow_hold_time>},
    {"failover_slow_time", rule<&Rules::slow_time>},
    {"failover_stale_address_time", own<&Settings::stale_address_time>},
    {"failover_step_half_life", rule<&Rules::step_half_life>},
    {"failover_sticky_time", own<&Settings::sticky_time>},
};

// Writes a value that fits its parameter.
class Writer {
  public:
    Writer(Settings& settings, const config::Parameter& parameter, std::string_view value)
        : settings_(settings), parameter_(parameter), value_(value) {}

    void operator()(bool& (*place)(Settings&)) { place(settings_) = *config::parse_flag(value_); }
    void operator()(uint64_t& (*place)(Settings&)) {
        place(settings_) = *base::number<uint64_t>(value_);
    }
    void operator()(double& (*place)(Settings&)) {
        place(settings_) = static_cast<double>(*base::number<uint32_t>(value_));
    }
    void operator()(base::Duration& (*place)(Settings&)) {
        place(settings_) =
            std::chrono::milliseconds(*config::parse_milliseconds(value_, parameter_.fine_unit));
    }
    void operator()(std::string& (*place)(Settings&)) { place(settings_) = value_; }
    void operator()(Policy& (*place)(Settings&)) { place(settings_) = *parse_policy(value_); }
    void operator()(AfterDot& (*place)(Settings&)) {
        place(settings_) = value_ == "next" ? AfterDot::next : AfterDot::same;
    }

  private:
    Settings& settings_;
    const config::Parameter& parameter_;
    std::string_view value_;
};

// What is wrong with `value`; then nothing is set.
std::optional<std::string> set(Settings& settings, const Row& row, std::string_view value) {
    config::Parameter parameter = *config::find_parameter(row.parameter);
    if (std::optional<std::string> problem = config::value_problem(parameter, value))
        return problem;
    std::visit(Writer(settings, parameter, value), row.place);
    return std::nullopt;
}

constexpr std::string_view prefix = "failover_";

const Row* row_of(std::string_view name) {
    const auto* found = std::ranges::find_if(
        rows, [name](const Row& row) { return row.parameter.substr(prefix.size()) == name; });
    return found == std::end(rows) ? nullptr : found;
}

std::string unknown(std::string_view name) {
    std::string similar = config::similar_name(base::text(prefix, name));
    bool is_known = similar.starts_with(prefix) && row_of(similar.substr(prefix.size()));
    return base::text("expected the name of a failover parameter without \"", prefix,
                      "\", found \"", base::printable(name), '"',
                      is_known ? base::text("; did you mean ", similar.substr(prefix.size()), "?")
                               : std::string());
}

std::optional<std::string> set_by_text(Settings& settings, std::string_view text) {
    if (std::optional<std::string_view> inside = dict::inside_braces(text))
        text = base::trim(*inside);
    size_t equals = text.find('=');
    if (equals == std::string_view::npos)
        return base::text("expected name=value, found \"", base::printable(text), '"');
    std::string_view name = base::trim(text.substr(0, equals));
    const Row* row = row_of(name);
    if (!row)
        return unknown(name);
    std::optional<std::string> problem = set(settings, *row, base::trim(text.substr(equals + 1)));
    return problem ? std::optional(base::text(name, ": ", *problem)) : std::nullopt;
}

}  // namespace

FailoverSettings FailoverSettings::from(const config::Settings& settings,
                                        std::string_view transport) {
    FailoverSettings result;
    std::vector<std::string> problems;
    for (const Row& row : rows) {
        std::string name = base::text(transport, '_', row.parameter);
        if (std::optional<std::string> problem = set(result, row, settings.value(name)))
            problems.push_back(base::text(settings.where(name), ": ", name, ": ", *problem));
    }
    if (!problems.empty())
        throw config::Error(std::move(problems));
    return result;
}

FailoverSettings FailoverSettings::with(std::string_view text) const {
    FailoverSettings result = *this;
    std::vector<std::string> problems;
    for (const std::string& element : dict::split_braced(text))
        if (std::optional<std::string> problem = set_by_text(result, element))
            problems.push_back(*problem);
    if (!problems.empty())
        throw config::Error(std::move(problems));
    return result;
}

}  // namespace nexthop
