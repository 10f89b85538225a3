#include "smtp/reply_filter.h"

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/dict/braces.h"
#include "smtp/log.h"

namespace smtp {

ReplyFilter::ReplyFilter(const config::Settings& settings, std::string_view transport,
                         dict::Tables& tables)
    : tables_(tables) {
    std::string parameter = base::text(transport, "_failover_reply_filter");
    maps_[settings.text(parameter)] = dict::Maps::of(tables, settings, parameter);
}

// Those of one destination are opened when they are first asked for.
const dict::Maps& ReplyFilter::maps(const std::string& names) {
    auto found = maps_.find(names);
    if (found != maps_.end())
        return found->second;
    std::vector<dict::Table*> opened;
    try {
        for (const std::string& name : dict::split_braced(names))
            opened.push_back(&tables_.open(name));
    } catch (const config::Error& error) {
        log::bad_filter(error.what());
    }
    return maps_[names] = dict::Maps(std::move(opened));
}

io::Task<std::optional<Order>> ReplyFilter::order(const std::string& names,
                                                  const mail::Reply& reply) {
    std::string key = base::printable(reply.one_line());
    dict::Lookup lookup = co_await maps(names).find(key);
    std::optional<Order> order;
    if (lookup.retry())
        order = Order::defer;
    else if (lookup.found())
        order = order_named(base::trim(lookup.value));
    if (lookup.found() && !order)
        log::bad_filter(base::text("table ", lookup.table, ": ", base::printable(lookup.value),
                                   ": expected failover, defer or bounce"));
    co_return order;
}

}  // namespace smtp
