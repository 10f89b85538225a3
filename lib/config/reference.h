// A Reference is one `$…` of a value, split into its parts.
//
//     $name ${name} $(name)
//     ${name?x} ${name?{x}} ${name:y} ${name:{y}} ${name?{x}:{y}}
//     ${{a} == {b} ? {x} : {y}}     == != < <= > >=, and the same with "level" behind
//     ${function{x}}
#pragma once

#include <optional>
#include <stdexcept>
#include <string_view>

namespace config {

// A '$' that is followed by none of the forms, a comparison that cannot be made, or a value that
// leads back to itself; what() says what was expected.
struct BadExpansion : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Reference {
    std::string_view name;                     // empty for a comparison
    std::optional<std::string_view> argument;  // of the function `name`
    std::string_view left;                     // of a comparison
    std::string_view comparison;               // "==", "<level", …; empty for a name
    std::string_view right;
    // What it stands for when the name has a value (or the comparison holds), and when not. With
    // neither it stands for the name's value, or "true".
    std::optional<std::string_view> when_true;
    std::optional<std::string_view> when_false;

    bool has_branches() const { return when_true || when_false; }
};

// The reference at the start of `text`, just behind its '$'; removes it from `text`. Throws
// BadExpansion.
Reference take_reference(std::string_view& text);

}  // namespace config
