// Lookup is what a table says of a key.
#pragma once

#include <cstdint>
#include <string>

namespace dict {

struct Lookup {
    // retry: nobody knows now, because the table or whom it asks is in trouble. It is never taken
    // for "none": mail waits instead.
    enum class State : uint8_t { none, found, retry };

    State state = State::none;
    std::string value;  // found: the value, "" too; retry: why, for the log
    std::string table;  // of a found value: the table as configured ("hash:/etc/postfix/transport")

    static Lookup of(std::string value) { return {State::found, std::move(value), {}}; }
    static Lookup later(std::string why) { return {State::retry, std::move(why), {}}; }

    bool found() const { return state == State::found; }
    bool none() const { return state == State::none; }
    bool retry() const { return state == State::retry; }

    bool operator==(const Lookup&) const = default;
};

}  // namespace dict
