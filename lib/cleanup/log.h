// The log lines that analysers expect of Postfix's cleanup service.
#pragma once

#include <string_view>

namespace cleanup::log {

void message_id(std::string_view queue_id, std::string_view id, bool resent);
void too_many_hops(std::string_view queue_id);
void not_mapped(std::string_view queue_id, std::string_view why);

}  // namespace cleanup::log
