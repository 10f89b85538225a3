#include "lib/dns/srv_order.h"

#include <algorithm>

namespace dns {

namespace {

using Place = std::vector<Service>::iterator;

// The one to come next. Those without weight stand first, so that the number 0, and only that,
// chooses the first of them.
Place choose(Place first, Place last, std::mt19937& random) {
    uint32_t sum = 0;
    for (Place each = first; each != last; ++each)
        sum += each->weight;
    uint32_t number = std::uniform_int_distribution<uint32_t>(0, sum)(random);
    uint32_t running = 0;
    for (Place each = first; each != last; ++each) {
        running += each->weight;
        if (running >= number)
            return each;
    }
    return last - 1;
}

void order_by_weight(Place first, Place last, std::mt19937& random) {
    std::shuffle(first, last, random);
    std::stable_partition(first, last, [](const Service& each) { return each.weight == 0; });
    for (; last - first > 1; ++first) {
        Place next = choose(first, last, random);
        std::rotate(first, next, next + 1);
    }
}

}  // namespace

std::vector<Service> in_srv_order(std::vector<Service> services, std::mt19937& random) {
    std::ranges::sort(services, {}, &Service::priority);
    for (Place first = services.begin(); first != services.end();) {
        Place last = std::find_if(first, services.end(), [first](const Service& each) {
            return each.priority != first->priority;
        });
        order_by_weight(first, last, random);
        first = last;
    }
    return services;
}

}  // namespace dns
