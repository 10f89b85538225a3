#include "lib/route/transport_maps.h"

#include <algorithm>

#include "lib/base/text.h"

namespace route {

namespace {

constexpr std::string_view undeliverable = "Address is undeliverable";
constexpr std::string_view transport_maps = "transport_maps";

unsigned keys(const config::Settings& settings) {
    auto lists = settings.list("parent_domain_matches_subdomains");
    bool bare = std::find(lists.begin(), lists.end(), transport_maps) != lists.end();
    return dict::full | dict::plain | dict::domain | (bare ? dict::parents : dict::dot_parents);
}

}  // namespace

TransportMaps::TransportMaps(const config::Settings& settings, dict::Tables& tables, Trace* trace)
    : maps_(maps_of(trace, tables, settings, transport_maps, {true, false})),
      extensions_(dict::Extensions::of(settings)),
      keys_(keys(settings)) {}

io::Task<dict::Lookup> TransportMaps::find(std::string_view address) const {
    if (maps_.empty())
        co_return dict::Lookup();
    dict::AddressSearch search;
    search.keys = keys_;
    search.extensions = extensions_.rules();
    dict::FoundAddress found = co_await dict::find_address(maps_, address, search);
    if (!found.lookup.none())
        co_return std::move(found.lookup);
    co_return co_await maps_.find("*");
}

TransportValue redirected(TransportValue way, const TransportValue& value, std::string_view domain,
                          const config::Transports& transports) {
    if (!value.transport.empty()) {
        way.transport = value.transport;
        bool refuses = transports.command(value.transport) == "error";
        way.nexthop = refuses ? undeliverable : domain;
        way.set_by = refuses ? transport_maps : "";
    }
    if (!value.nexthop.empty()) {
        way.nexthop = value.nexthop;
        way.set_by = transport_maps;
    }
    return way;
}

}  // namespace route
