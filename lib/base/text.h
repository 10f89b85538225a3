// text() joins strings and numbers into one string; the small helpers here read such text back.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

inline void append_part(std::string& out, std::string_view part) {
    out.append(part);
}
inline void append_part(std::string& out, const char* part) {
    out.append(part);
}
inline void append_part(std::string& out, char part) {
    out.push_back(part);
}
template <std::integral N>
requires(!std::same_as<N, char> && !std::same_as<N, bool>) void append_part(std::string& out,
                                                                            N number) {
    char digits[24];
    auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

inline size_t part_size(std::string_view part) {
    return part.size();
}
inline size_t part_size(char) {
    return 1;
}
template <std::integral N>
requires(!std::same_as<N, char> && !std::same_as<N, bool>) size_t part_size(N) {
    return 8;  // most are short: a longer one may cost a second allocation
}

// Appends every part (strings, characters, integers in decimal) to `out`, which grows once.
template <class... Parts>
void append(std::string& out, const Parts&... parts) {
    if constexpr (sizeof...(parts) > 1)
        out.reserve(out.size() + (part_size(parts) + ...));
    (append_part(out, parts), ...);
}

template <class... Parts>
std::string text(const Parts&... parts) {
    std::string out;
    append(out, parts...);
    return out;
}

// The whole of `digits` as a number in `radix`; none for anything else (sign, space, overflow).
template <std::integral N>
std::optional<N> number(std::string_view digits, int radix = 10) {
    N value{};
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, radix);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

// ASCII only, as mail protocols compare; bytes over 127 are left alone.
char lower(char c);
std::string lower(std::string_view s);
bool equal_nocase(std::string_view a, std::string_view b);
bool starts_nocase(std::string_view s, std::string_view prefix);

// `s` without white space (space, tab, CR, LF) at both ends.
std::string_view trim(std::string_view s);

// The non-empty pieces of `s` between any of `separators`; the views live as long as `s`.
std::vector<std::string_view> split(std::string_view s, std::string_view separators);
template <std::same_as<std::string> Passing>
void split(Passing&& s, std::string_view separators) = delete;  // the views would outlive it

// `number` in lower-case hexadecimal, or in capitals as queue IDs have it.
std::string hex(unsigned long long number);
std::string upper_hex(unsigned long long number, int least_width = 1);

// Control characters and bytes over 127 replaced by '?', as log lines need.
std::string printable(std::string_view s);

}  // namespace base
