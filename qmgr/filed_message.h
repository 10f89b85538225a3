// A message as its queue file has it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/spool/defer_log.h"
#include "lib/spool/queue_file.h"
#include "qmgr/message.h"

namespace qmgr {

std::unique_ptr<Message> message_of(const std::string& queue, const std::string& id,
                                    spool::QueueFile file);

// The recipients that the bounce log names are owed a report.
void take_owed(Message& message, const std::vector<spool::DeferEntry>& entries);

}  // namespace qmgr
