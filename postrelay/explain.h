// How findings are told: lines for people, one object for programs.
#pragma once

#include <string>

#include "lib/base/json.h"
#include "postrelay/inquiry.h"
#include "postrelay/known.h"

namespace postrelay {

std::string text_of(const Findings& findings, const Known& known);
base::Json json_of(const Findings& findings, const Known& known);

std::string_view name_of(route::Class address_class);
// "not found", "\"smtp:[a]\"", "no answer: …".
std::string answer_text(const dict::Lookup& answer);
// "CLOSED", "OPEN, connect_timeout, again in 4s".
std::string health_text(const std::optional<health::Record>& record, const Known& known);

}  // namespace postrelay
