// ReplyFilter is what failover_reply_filter says of a relay's refusals: go on, wait, or return.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lib/config/settings.h"
#include "lib/dict/maps.h"
#include "lib/io/task.h"
#include "lib/mail/reply.h"
#include "smtp/verdict.h"

namespace smtp {

class ReplyFilter {
  public:
    // Of the service `transport` of master.cf. `tables` outlive it. Throws config::Error.
    ReplyFilter(const config::Settings& settings, std::string_view transport, dict::Tables& tables);

    // What the tables that `names` lists say of a reply; none: what is usual. Their trouble keeps
    // the mail. Both arguments outlive the task.
    io::Task<std::optional<Order>> order(const std::string& names, const mail::Reply& reply);

  private:
    const dict::Maps& maps(const std::string& names);

    dict::Tables& tables_;
    std::map<std::string, dict::Maps> maps_;  // by what names them
};

}  // namespace smtp
