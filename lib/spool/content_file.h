// ContentFile is the file of a large message's content while it is being received.
//
// All calls but keep() and name() block: they are made on a JobThread. It removes itself unless it
// was to be kept.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "lib/spool/disk.h"

namespace spool {

class ContentFile {
  public:
    ContentFile(Disk& disk, std::string queue_directory);
    ~ContentFile();
    ContentFile(const ContentFile&) = delete;

    void add(std::string_view bytes);
    // Returns when the file and its name are durable.
    void finish();
    void keep() { kept_ = true; }
    const std::string& name() const { return name_; }

  private:
    void create();
    std::string path() const;

    Disk& disk_;
    std::string queue_directory_;
    std::string name_;
    std::unique_ptr<File> file_;  // locked, so that it is not taken for an orphan
    uint64_t size_ = 0;
    std::atomic<bool> kept_ = false;
};

}  // namespace spool
