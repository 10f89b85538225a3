// xtext is how ENVID= and ORCPT= carry any byte (RFC 3461 section 4): +41 stands for A.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mail {

std::string xtext(std::string_view plain);
// None for what is no xtext.
std::optional<std::string> from_xtext(std::string_view encoded);

}  // namespace mail
