#include "lib/nexthop/address_order.h"

#include <algorithm>
#include <tuple>

namespace nexthop {
namespace {

bool is_wide(const Endpoint& endpoint) {
    return endpoint.address.family() == AF_INET6;
}

}  // namespace

bool drop_from_ourselves(Endpoints& endpoints, const config::OwnAddresses& own) {
    auto self = std::ranges::find_if(endpoints,
                                     [&](const Endpoint& each) { return own.contains(each.ip); });
    if (self == endpoints.end())
        return false;
    auto first = std::ranges::find(endpoints, self->preference, &Endpoint::preference);
    endpoints.erase(first, endpoints.end());
    return true;
}

void shuffle(Endpoints& endpoints, Random& random) {
    std::ranges::shuffle(endpoints, random);
}

void put_in_order(Endpoints& endpoints, AddressPreference family) {
    auto rank = [family](const Endpoint& each) {
        bool second = family == AddressPreference::ipv4   ? is_wide(each)
                      : family == AddressPreference::ipv6 ? !is_wide(each)
                                                          : false;
        return std::tuple(each.preference, second);
    };
    std::ranges::stable_sort(endpoints, {}, rank);
}

namespace {

using Place = Endpoints::iterator;

// The end of what is of one preference, host and port, brought together behind `first`.
Place gather(Place first, Place last) {
    auto is_same = [of = *first](const Endpoint& each) {
        return each.preference == of.preference && each.host == of.host && each.port() == of.port();
    };
    return std::stable_partition(first, last, is_same);
}

void interleave(Place first, Place last) {
    for (bool wide = is_wide(*first); first != last; ++first, wide = !wide) {
        auto next = std::find_if(first, last,
                                 [wide](const Endpoint& each) { return is_wide(each) == wide; });
        if (next != last)
            std::rotate(first, next, next + 1);
    }
}

}  // namespace

void interleave_families(Endpoints& endpoints) {
    for (auto first = endpoints.begin(); first != endpoints.end();) {
        auto other = std::find_if(
            first, endpoints.end(),
            [of = first->preference](const auto& each) { return each.preference != of; });
        auto last = gather(first, other);
        interleave(first, last);
        first = last;
    }
}

void balance_families(Endpoints& endpoints, size_t limit) {
    if (limit == 0 || endpoints.size() <= limit)
        return;
    auto wide = static_cast<size_t>(std::ranges::count_if(endpoints, is_wide));
    size_t narrow = endpoints.size() - wide;
    if (wide == 0 || narrow == 0)
        return;
    size_t wide_places = limit / 2 + (is_wide(endpoints.front()) ? limit % 2 : 0);
    if (wide <= limit / 2)
        wide_places = wide;
    else if (narrow <= limit / 2)
        wide_places = limit - narrow;
    size_t narrow_places = limit - wide_places;
    std::erase_if(endpoints, [&](const Endpoint& each) {
        size_t& places = is_wide(each) ? wide_places : narrow_places;
        if (places == 0)
            return true;
        --places;
        return false;
    });
}

}  // namespace nexthop
