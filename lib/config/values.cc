#include "lib/config/values.h"

#include <limits>

#include "lib/base/text.h"

namespace config {

std::optional<bool> parse_flag(std::string_view text) {
    if (base::equal_nocase(text, "yes"))
        return true;
    if (base::equal_nocase(text, "no"))
        return false;
    return std::nullopt;
}

// `digits` times `unit`; none when it is no number or too large.
static std::optional<int64_t> scaled(std::string_view digits, int64_t unit) {
    std::optional<uint64_t> count = base::number<uint64_t>(digits);
    if (!count || *count > static_cast<uint64_t>(std::numeric_limits<int64_t>::max() / unit))
        return std::nullopt;
    return static_cast<int64_t>(*count) * unit;
}

static int64_t seconds_of_unit(char unit) {
    switch (base::lower(unit)) {
        case 's':
            return 1;
        case 'm':
            return 60;
        case 'h':
            return 60 * 60;
        case 'd':
            return 24 * 60 * 60;
        case 'w':
            return 7 * 24 * 60 * 60;
    }
    return 0;
}

static int64_t bytes_of_unit(char unit) {
    switch (base::lower(unit)) {
        case 'k':
            return int64_t{1} << 10;
        case 'm':
            return int64_t{1} << 20;
        case 'g':
            return int64_t{1} << 30;
    }
    return 0;
}

std::optional<int64_t> parse_seconds(std::string_view text, std::string_view fallback) {
    if (text.empty())
        return std::nullopt;
    if (int64_t unit = seconds_of_unit(text.back()))
        return scaled(text.substr(0, text.size() - 1), unit);
    int64_t unit = fallback.empty() ? 0 : seconds_of_unit(fallback.back());
    return scaled(text, unit ? unit : 1);
}

std::optional<int64_t> parse_milliseconds(std::string_view text, std::string_view unit) {
    if (base::lower(text).ends_with("ms"))
        return scaled(text.substr(0, text.size() - 2), 1);
    bool has_unit = !text.empty() && seconds_of_unit(text.back());
    if (!has_unit && unit == "ms")
        return scaled(text, 1);
    std::optional<int64_t> seconds = parse_seconds(text, unit);
    if (!seconds || *seconds > std::numeric_limits<int64_t>::max() / 1000)
        return std::nullopt;
    return *seconds * 1000;
}

std::optional<int64_t> parse_size(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    if (int64_t unit = bytes_of_unit(text.back()))
        return scaled(text.substr(0, text.size() - 1), unit);
    return scaled(text, 1);
}

std::vector<std::string> parse_list(std::string_view text) {
    std::vector<std::string> elements;
    for (std::string_view element : base::split(text, ", \t\r\n"))
        elements.emplace_back(element);
    return elements;
}

bool is_choice(std::string_view text, std::string_view choices) {
    for (;;) {
        size_t bar = choices.find('|');
        if (text == choices.substr(0, bar))
            return true;
        if (bar == choices.npos)
            return false;
        choices.remove_prefix(bar + 1);
    }
}

static bool within(const Parameter& parameter, std::optional<int64_t> value) {
    return value && *value >= parameter.least && *value <= parameter.most;
}

static std::string range_text(const Parameter& parameter, std::string_view unit) {
    if (parameter.most == std::numeric_limits<int64_t>::max())
        return base::text(" of at least ", parameter.least, unit);
    return base::text(" from ", parameter.least, unit, " to ", parameter.most, unit);
}

static std::string found(std::string_view text) {
    return text.empty() ? ", found nothing" : base::text(", found \"", base::printable(text), '"');
}

static std::string fine_text(int64_t milliseconds) {
    bool whole = milliseconds % 1000 == 0;
    return whole ? base::text(milliseconds / 1000, "s") : base::text(milliseconds, "ms");
}

static std::optional<std::string> fine_time_problem(const Parameter& parameter,
                                                    std::string_view text) {
    if (within(parameter, parse_milliseconds(text, parameter.fine_unit)))
        return std::nullopt;
    return base::text("expected a time from ", fine_text(parameter.least), " to ",
                      fine_text(parameter.most), ", in units ms, s, m, h, d or w", found(text));
}

static std::string choices_text(std::string_view choices) {
    std::string text;
    for (std::string_view choice : base::split(choices, "|"))
        base::append(text, text.empty() ? "" : ", ", choice);
    return is_choice("", choices) ? text + " or nothing" : text;
}

std::optional<std::string> value_problem(const Parameter& parameter, std::string_view text) {
    switch (parameter.type) {
        case Type::flag:
            if (parse_flag(text))
                return std::nullopt;
            return base::text("expected yes or no", found(text));
        case Type::number:
            if (within(parameter, base::number<int64_t>(text)))
                return std::nullopt;
            return base::text("expected a number", range_text(parameter, ""), found(text));
        case Type::time:
            if (!parameter.fine_unit.empty())
                return fine_time_problem(parameter, text);
            if (within(parameter, parse_seconds(text, parameter.fallback)))
                return std::nullopt;
            return base::text("expected a time", range_text(parameter, "s"),
                              ", in units s, m, h, d or w", found(text));
        case Type::size:
            if (within(parameter, parse_size(text)))
                return std::nullopt;
            return base::text("expected a size", range_text(parameter, ""),
                              " bytes, in units k, M or G", found(text));
        case Type::choice:
            if (is_choice(text, parameter.choices))
                return std::nullopt;
            return base::text("expected one of ", choices_text(parameter.choices), found(text));
        case Type::text:
            if (static_cast<int64_t>(text.size()) >= parameter.least)
                return std::nullopt;
            return "expected a value that is not empty";
        case Type::list:
            break;
    }
    return std::nullopt;
}

}  // namespace config
