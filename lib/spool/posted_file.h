// A file of maildrop/ as the record of its message names it, so that its message is taken once.
//
// pickup commits the message, then removes the file; between the two it may die. So the record
// names the file, and whoever comes across the name afterwards removes the file in its place: the
// next pickup before it takes anything, the queue manager before it frees the record's segment.
#pragma once

#include <set>
#include <string>

#include "lib/spool/disk.h"

namespace spool {

// The file at `path`, which lies below `queue_directory`: told from any that has its name later.
// Throws base::SystemError.
std::string posted_file_mark(const std::string& queue_directory, const std::string& path);

// Removes the file of this mark; one that is gone, or another of its name, is left alone. Throws
// base::SystemError.
void remove_posted_file(const std::string& queue_directory, const std::string& mark);

// The marks of all files still there whose messages are in the log, whole. Blocks; throws
// base::SystemError. For one who knows that nobody else is taking files.
std::set<std::string> posted_files_in_log(const std::string& queue_directory,
                                          Disk& disk = real_disk());

}  // namespace spool
