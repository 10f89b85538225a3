// QueueIds makes queue IDs in Postfix's two forms from a time and a number that never repeats.
//
// The number makes an ID unique, also when the clock steps back; the time makes it look as log
// analysers expect. Numbers are reserved in blocks from log/ids, durably, before any is used.
#pragma once

#include <cstdint>
#include <string>

#include "lib/base/time.h"
#include "lib/spool/disk.h"

namespace spool {

// Five hexadecimal digits of microseconds, then the number in hexadecimal (capitals).
std::string short_queue_id(base::WallTime time, uint64_t number);
// Seconds in base 52 (six digits), microseconds in base 52 (four), 'z', the number in base 51.
std::string long_queue_id(base::WallTime time, uint64_t number);

// Takes the next `count` numbers for the caller alone, durably; returns the first. Blocks. Throws
// base::SystemError.
uint64_t reserve_numbers(Disk& disk, const std::string& queue_directory, uint64_t count);

}  // namespace spool
