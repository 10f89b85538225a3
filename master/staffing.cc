#include "master/staffing.h"

#include <algorithm>

namespace master {
namespace {

size_t standing_processes(const Headcount& count) {
    return std::max<size_t>(count.most, 1);
}

}  // namespace

size_t to_start(const Headcount& count) {
    if (count.alone && count.old + count.leaving > 0)
        return 0;
    if (count.standing)
        return standing_processes(count) - std::min(standing_processes(count), count.present());
    if (count.starting > 0 || count.available > 0)
        return 0;
    bool room = count.most == 0 || count.present() < count.most;
    bool replace = count.old > 0 && count.present() == 0;
    bool probe = count.relay_waits && count.present() == 0;
    return room && (replace || probe || count.client_waits) ? 1 : 0;
}

bool hand_over(const Headcount& count) {
    if (count.old == 0)
        return false;
    if (count.alone)
        return true;
    size_t ready = count.available + count.busy;
    return ready >= (count.standing ? standing_processes(count) : 1);
}

bool at_limit(const Headcount& count) {
    return count.client_waits && count.most != 0 && count.busy >= count.most;
}

size_t session_share(size_t limit, size_t processes, size_t slot) {
    if (limit == 0 || processes == 0)
        return limit;
    return limit / processes + (slot < limit % processes ? 1 : 0);
}

}  // namespace master
