#include "pickup/log.h"

#include "lib/base/log.h"
#include "lib/base/text.h"

namespace pickup::log {

void picked_up(std::string_view queue_id, uid_t uid, std::string_view sender) {
    base::log::info(base::text(queue_id, ": uid=", uid, " from=<", base::printable(sender), '>'));
}

void not_stored(std::string_view queue_id, std::string_view why) {
    base::log::warning(base::text(queue_id, ": message not stored: ", why));
}

void stays(std::string_view path, std::string_view why) {
    base::log::warning(base::text(path, ": not picked up now: ", why));
}

void damaged(std::string_view path, std::string_view why) {
    base::log::warning(base::text(path, ": put into corrupt/: ", why));
}

void cannot_remove(std::string_view path, std::string_view why) {
    base::log::warning(base::text("remove ", path, ": ", why));
}

void cannot_collect(std::string_view why) {
    base::log::warning(base::text("maildrop is not read: ", why));
}

}  // namespace pickup::log
