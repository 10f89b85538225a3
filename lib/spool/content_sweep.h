// Content files that no record names, left by processes that died while they received a message.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lib/spool/disk.h"

namespace spool {

// The content files that nobody is writing now. One of them may be removed if, after this call, all
// segments were read up to what their writers then publish, and no record named it. Blocks.
std::vector<std::string> unwritten_content_files(Disk& disk, const std::string& queue_directory);

// Removes a content file; one that is not there is no error. For a record that is done this must
// come after the checkpoint that made it so. Blocks; throws base::SystemError.
void remove_content_file(Disk& disk, const std::string& queue_directory, const std::string& name);

}  // namespace spool
