// The parameter table: every main.cf name that this system knows, with type, default and state.
//
// The rows are in parameters_*.cc, by subject. main.cf(5) documents each row, and a lint keeps the
// two together.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace config {

enum class Type : uint8_t { flag, number, time, size, text, list, choice };

// moot: has nothing to act on here. not_built: setting it warns. risky: not built, and setting it
// stops the start, because mail could be lost, misrouted or exposed if it were ignored.
enum class State : uint8_t { works, moot, not_built, risky };

struct Parameter {
    std::string_view name;
    Type type = Type::text;
    std::string_view fallback;  // the default as it would be written in main.cf
    std::string_view choices;   // for choice: the values, separated by '|'
    int64_t least = 0;          // for number, size (bytes) and time (seconds)
    int64_t most = 0;
    std::string_view meaning;  // one line; for moot: why
    State state = State::works;
    std::string_view
        tolerated;     // values, separated by '|': risky ones only warn, others are silent
    bool raw = false;  // '$' is for the program that uses the value, which is not expanded here
    // For a time that ms is a unit of too: the unit of a value without one. `least` and `most` are
    // milliseconds then.
    std::string_view fine_unit;
};

// In order of name.
const std::vector<const Parameter*>& parameters();

// The row of `name`; none when there is none. A per-transport name without a row of its own
// (`relay_destination_concurrency_limit`) has the type, range and state of its default_… row and
// the default `$default_…`.
std::optional<Parameter> find_parameter(std::string_view name);

std::string_view type_name(Type type);

}  // namespace config
