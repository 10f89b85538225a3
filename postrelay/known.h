// Known is what the mail system knows of relays: the table of the running one, or what the stopped
// one left.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"
#include "lib/health/snapshot.h"
#include "lib/health/table.h"

namespace postrelay {

class Known {
  public:
    // Throws base::SystemError where the table may not be had, health::Foreign where it is of
    // another version, health::Damaged where what was left is no use.
    explicit Known(const config::Settings& settings);

    bool running() const { return running_; }
    // When the stopped system wrote it; the epoch when it never did.
    base::WallTime written() const { return written_; }
    health::Table& table() { return *table_; }
    const health::Rules& rules() const { return rules_; }

    // Of those that any of `names` means, or all where there are none; by scope and label.
    std::vector<health::Record> records(const std::vector<std::string>& names);
    // Keeps changes for the next start; those of a running system are in effect already.
    void keep();

  private:
    std::unique_ptr<health::Table> table_;
    health::Rules rules_;
    std::string path_;
    base::WallTime written_{};
    bool running_ = false;
};

// Whether it tells of one login, or one TLS policy, at what the record is named for.
bool is_of_login(health::Scope scope, const health::Names& record);

// Whether `name`, as people write relays ("[r1.example]:587", "r1.example", "192.0.2.1:587", or a
// whole label), means the record with this label and key: of the relay, or of a login there.
bool means(std::string_view name, health::Scope scope, const health::Names& record);

}  // namespace postrelay
