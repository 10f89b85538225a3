// ListedMessage is one queued message as postqueue and showq tell of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/time.h"

namespace spool {

struct ListedRecipient {
    std::string address;  // external form
    std::string reason;   // why it was deferred last; "" when it was not tried or nobody knows

    bool operator==(const ListedRecipient&) const = default;
};

struct ListedMessage {
    std::string queue;  // "maildrop", "incoming", "active", "deferred" or "hold"
    std::string id;
    base::WallTime arrival{};
    uint64_t size = 0;  // bytes of content
    bool forced_expire = false;
    std::string sender;                       // external form; "MAILER-DAEMON" for the null sender
    std::vector<ListedRecipient> recipients;  // those that something is owed to

    bool operator==(const ListedMessage&) const = default;
};

}  // namespace spool
