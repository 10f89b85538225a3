// flush: deferred mail of a next hop is sent now.
#include "lib/base/json.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipc/control.h"
#include "postrelay/output.h"
#include "postrelay/verbs.h"

namespace postrelay {

using base::Json;
namespace {

constexpr base::Duration qmgr_limit = std::chrono::seconds(300);  // it looks through all its mail

}  // namespace

int flush(const Request& request, const config::Settings& settings) {
    std::string socket = settings.text("queue_directory") + "/public/qmgr";
    uint64_t all = 0;
    for (const std::string& name : request.names) {
        ipc::ControlRequest order;
        order.verb = ipc::ControlVerb::flush_nexthop;
        order.queue_ids = {name};
        uint64_t count = ipc::ask_qmgr(socket, order, qmgr_limit).count;
        if (request.json)
            put(Json()
                    .string("nexthop", name)
                    .integer("messages", static_cast<int64_t>(count))
                    .line());
        else
            put(base::text(base::printable(name), ": ", count,
                           count == 1 ? " message\n" : " messages\n"));
        all += count;
    }
    return all == 0 ? nothing_found : 0;
}

}  // namespace postrelay
