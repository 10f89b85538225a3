#include "lib/base/text.h"

namespace base {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string lower(std::string_view s) {
    std::string out(s);
    for (char& c : out)
        c = lower(c);
    return out;
}

bool equal_nocase(std::string_view a, std::string_view b) {
    return a.size() == b.size() && starts_nocase(a, b);
}

bool starts_nocase(std::string_view s, std::string_view prefix) {
    if (s.size() < prefix.size())
        return false;
    for (size_t i = 0; i < prefix.size(); ++i)
        if (lower(s[i]) != lower(prefix[i]))
            return false;
    return true;
}

std::string_view trim(std::string_view s) {
    constexpr std::string_view white = " \t\r\n";
    size_t first = s.find_first_not_of(white);
    if (first == std::string_view::npos)
        return {};
    return s.substr(first, s.find_last_not_of(white) - first + 1);
}

std::vector<std::string_view> split(std::string_view s, std::string_view separators) {
    std::vector<std::string_view> pieces;
    for (size_t from = s.find_first_not_of(separators); from != std::string_view::npos;) {
        size_t to = s.find_first_of(separators, from);
        pieces.push_back(s.substr(from, to - from));
        from = s.find_first_not_of(separators, to);
    }
    return pieces;
}

namespace {

std::string in_hex(unsigned long long number, const char* digits, int least_width) {
    std::string out;
    for (; number != 0 || static_cast<int>(out.size()) < least_width; number >>= 4)
        out.insert(out.begin(), digits[number & 15]);
    return out;
}

}  // namespace

std::string hex(unsigned long long number) {
    return in_hex(number, "0123456789abcdef", 1);
}

std::string upper_hex(unsigned long long number, int least_width) {
    return in_hex(number, "0123456789ABCDEF", least_width);
}

std::string printable(std::string_view s) {
    std::string out(s);
    for (char& c : out)
        if (c < 32 || c == 127)
            c = '?';
    return out;
}

}  // namespace base
