#include "lib/cleanup/log.h"

#include "lib/base/log.h"
#include "lib/base/text.h"

namespace cleanup::log {

namespace {

constexpr std::string_view program = "cleanup";

}  // namespace

void message_id(std::string_view queue_id, std::string_view id, bool resent) {
    base::log::info_as(program,
                       base::text(queue_id, resent ? ": resent-message-id=" : ": message-id=",
                                  id.empty() ? "<>" : id));
}

void too_many_hops(std::string_view queue_id) {
    base::log::info_as(program, base::text(queue_id, ": message rejected: hopcount exceeded"));
}

void not_mapped(std::string_view queue_id, std::string_view why) {
    base::log::warning_as(
        program, base::text(queue_id, ": ", why, " -- message not accepted, try again later"));
}

}  // namespace cleanup::log
