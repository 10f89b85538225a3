// The lines that pickup writes into the log.
#pragma once

#include <sys/types.h>

#include <string_view>

namespace pickup::log {

void picked_up(std::string_view queue_id, uid_t uid, std::string_view sender);
void not_stored(std::string_view queue_id, std::string_view why);
// The file waits for the next round.
void stays(std::string_view path, std::string_view why);
void damaged(std::string_view path, std::string_view why);
void cannot_remove(std::string_view path, std::string_view why);
void cannot_collect(std::string_view why);

}  // namespace pickup::log
