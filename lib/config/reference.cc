#include "lib/config/reference.h"

#include <cctype>
#include <string>

#include "lib/base/text.h"

namespace config {
namespace {

// Longest first where one is the beginning of another.
constexpr std::string_view comparisons[] = {
    "==level", "!=level", "<=level", ">=level", "<level", ">level",
    "==",      "!=",      "<=",      ">=",      "<",      ">",
};

[[noreturn]] void refuse(std::string_view expected, std::string_view at) {
    throw BadExpansion(base::text("expected ", expected, at.empty() ? " at the end" : " at \"",
                                  base::printable(at), at.empty() ? "" : "\""));
}

void skip_space(std::string_view& text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
        text.remove_prefix(1);
}

std::string_view take_name(std::string_view& text) {
    size_t length = 0;
    while (length < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[length])) || text[length] == '_'))
        length++;
    std::string_view name = text.substr(0, length);
    text.remove_prefix(length);
    return name;
}

// How deep brackets may stand in brackets; what reads them calls itself for each.
constexpr int most_depth = 100;

// What stands between the bracket at the start of `text` and its partner; removes both.
std::string_view take_enclosed(std::string_view& text) {
    char opening = text.front();
    char closing = opening == '{' ? '}' : ')';
    int depth = 0;
    for (size_t i = 0; i < text.size(); i++) {
        depth += text[i] == opening ? 1 : text[i] == closing ? -1 : 0;
        if (depth > most_depth)
            throw BadExpansion(base::text("expected brackets at most ", most_depth, " deep"));
        if (depth > 0)
            continue;
        std::string_view inner = text.substr(1, i - 1);
        text.remove_prefix(i + 1);
        return inner;
    }
    refuse(base::text("a closing '", closing, '\''), text);
}

std::string_view take_comparison(std::string_view& text) {
    for (std::string_view comparison : comparisons) {
        if (!text.starts_with(comparison))
            continue;
        text.remove_prefix(comparison.size());
        return comparison;
    }
    refuse("==, !=, <, <=, > or >=, perhaps with \"level\" behind it,", text);
}

// `{…}`, else all that is left; without the white space around it.
std::string_view take_branch(std::string_view& text) {
    skip_space(text);
    if (text.starts_with('{')) {
        std::string_view branch = base::trim(take_enclosed(text));
        skip_space(text);
        return branch;
    }
    std::string_view branch = base::trim(text);
    text = {};
    return branch;
}

void take_branches(Reference& reference, std::string_view text) {
    skip_space(text);
    if (text.empty())
        return;
    if (text.front() == '?') {
        text.remove_prefix(1);
        reference.when_true = take_branch(text);
        if (text.empty())
            return;
        if (text.front() != ':')
            refuse("':' or nothing more", text);
    }
    if (text.front() != ':')
        refuse("'?', ':' or nothing more", text);
    text.remove_prefix(1);
    reference.when_false = take_branch(text);
    if (!text.empty())
        refuse("nothing more", text);
}

Reference comparison_of(std::string_view text) {
    Reference reference;
    reference.left = take_enclosed(text);
    skip_space(text);
    reference.comparison = take_comparison(text);
    skip_space(text);
    if (!text.starts_with('{'))
        refuse("a second value in braces", text);
    reference.right = take_enclosed(text);
    take_branches(reference, text);
    return reference;
}

}  // namespace

Reference take_reference(std::string_view& text) {
    bool enclosed = text.starts_with('{') || text.starts_with('(');
    std::string_view whole = text;
    std::string_view inner = enclosed ? take_enclosed(text) : std::string_view();
    skip_space(inner);
    if (inner.starts_with('{'))
        return comparison_of(inner);
    Reference reference;
    reference.name = take_name(enclosed ? inner : text);
    if (reference.name.empty())
        throw BadExpansion(base::text("expected $name, ${name}, $(name) or $$ at \"$",
                                      base::printable(whole), '"'));
    if (inner.starts_with('{')) {
        reference.argument = take_enclosed(inner);
        if (!inner.empty())
            refuse("nothing more", inner);
        return reference;
    }
    take_branches(reference, inner);
    return reference;
}

}  // namespace config
