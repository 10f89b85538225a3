// ContentSweep finds content files that no record names, left by processes that died while they
// received a message.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lib/spool/disk.h"

namespace spool {

// The order that makes it safe: construct; read every segment up to what its writer publishes
// after that; named() for each content file that a record names; remove_rest(). All of it blocks.
class ContentSweep {
  public:
    // Notes (and locks, so that no writer starts on them) the files that nobody is writing now, at
    // most `most` of them.
    ContentSweep(Disk& disk, std::string queue_directory, size_t most = 500);

    void named(const std::string& content_file) { left_.erase(content_file); }
    // Removes what is left; returns how many.
    size_t remove_rest();

  private:
    Disk& disk_;
    std::string queue_directory_;
    std::map<std::string, std::unique_ptr<File>> left_;
};

// Removes a content file; one that is not there is no error. For a record that is done this must
// come after the checkpoint that made it so. Blocks; throws base::SystemError.
void remove_content_file(Disk& disk, const std::string& queue_directory, const std::string& name);

}  // namespace spool
