#include "lib/config/expand.h"

#include <compare>

#include "lib/base/text.h"
#include "lib/config/idna.h"
#include "lib/config/level.h"

namespace config {
namespace {

using Lookup = std::function<std::string(std::string_view)>;

// What a value may grow to. References to references could otherwise fill the memory.
constexpr size_t most_bytes = 1 << 20;

// Calls text(part) for what stands for itself and reference(Reference) for each reference.
template <class Text, class OnReference>
void walk(std::string_view value, Text on_text, OnReference on_reference) {
    for (;;) {
        size_t dollar = value.find('$');
        on_text(value.substr(0, dollar));
        if (dollar == value.npos)
            return;
        value.remove_prefix(dollar + 1);
        if (value.starts_with('$')) {
            on_text("$");
            value.remove_prefix(1);
        } else {
            on_reference(take_reference(value));
        }
    }
}

bool is_integer(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+'))
        text.remove_prefix(1);
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

int64_t integer(std::string_view text) {
    std::optional<int64_t> value =
        base::number<int64_t>(text.starts_with('+') ? text.substr(1) : text);
    if (!value)
        throw BadExpansion(base::text("expected a number of 64 bits, found \"", text, '"'));
    return *value;
}

Level level(std::string_view text) {
    std::optional<Level> value = parse_level(text);
    if (!value)
        throw BadExpansion(base::text("expected a compatibility level such as 2 or 3.6, found \"",
                                      base::printable(text), '"'));
    return *value;
}

std::strong_ordering compare(std::string_view left, std::string_view right, bool levels) {
    if (levels)
        return level(left) <=> level(right);
    if (is_integer(base::trim(left)) && is_integer(base::trim(right)))
        return integer(base::trim(left)) <=> integer(base::trim(right));
    return left <=> right;
}

bool holds(std::string_view left, std::string_view comparison, std::string_view right) {
    bool levels = comparison.ends_with("level");
    std::strong_ordering order = compare(left, right, levels);
    if (levels)
        comparison.remove_suffix(5);
    if (comparison == "==")
        return order == 0;
    if (comparison == "!=")
        return order != 0;
    bool or_equal = comparison.ends_with('=') && order == 0;
    return or_equal || (comparison.front() == '<' ? order < 0 : order > 0);
}

// Of the functions Postfix has the one that a default uses.
std::string call(std::string_view function, std::string_view argument) {
    if (function != "domain_to_ascii")
        throw BadExpansion(base::text("expected the function domain_to_ascii, found \"",
                                      base::printable(function), '"'));
    return domain_to_ascii(argument);
}

std::string meaning_of(const Reference& reference, const Lookup& lookup) {
    if (reference.argument)
        return call(reference.name, expand(*reference.argument, lookup));
    std::string value;
    if (!reference.comparison.empty()) {
        bool is_true = holds(expand(reference.left, lookup), reference.comparison,
                             expand(reference.right, lookup));
        value = is_true ? "true" : "";
    } else {
        value = lookup(reference.name);
    }
    if (!reference.has_branches())
        return value;
    const std::optional<std::string_view>& branch =
        value.empty() ? reference.when_false : reference.when_true;
    return branch ? expand(*branch, lookup) : std::string();
}

void add_references(std::string_view value, std::vector<std::string>& names) {
    walk(
        value, [](std::string_view) {},
        [&names](const Reference& reference) {
            if (!reference.name.empty() && !reference.argument)
                names.emplace_back(reference.name);
            for (std::string_view part :
                 {reference.argument.value_or(""), reference.left, reference.right,
                  reference.when_true.value_or(""), reference.when_false.value_or("")})
                add_references(part, names);
        });
}

}  // namespace

std::string expand(std::string_view value, const Lookup& lookup) {
    std::string out;
    auto add = [&out](std::string_view part) {
        out.append(part);
        if (out.size() > most_bytes)
            throw BadExpansion(base::text("expected a value of at most ", most_bytes, " bytes"));
    };
    walk(value, add, [&](const Reference& reference) { add(meaning_of(reference, lookup)); });
    return out;
}

std::vector<std::string> references(std::string_view value) {
    std::vector<std::string> names;
    add_references(value, names);
    return names;
}

}  // namespace config
