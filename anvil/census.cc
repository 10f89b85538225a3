#include "anvil/census.h"

#include <utility>

namespace anvil {

namespace {

void raise(Peak& peak, uint32_t value, const std::string& ident, base::WallTime when) {
    if (value > peak.most)
        peak = {value, ident, when};
}

}  // namespace

Census::Client& Census::find(const std::string& ident, Moment at) {
    auto [place, added] = clients_.try_emplace(ident);
    Client& client = place->second;
    if (added || client.began + unit_ < at.now) {
        client.began = at.now;
        client.rates.fill(0);
    }
    client.last = at.now;
    if (added)
        raise(peaks_.clients, static_cast<uint32_t>(clients_.size()), "", at.wall);
    return client;
}

ipc::AnvilCounts Census::connect(const std::string& ident, Moment at) {
    ++find(ident, at).connections;
    return count(Event::connection, ident, at);
}

ipc::AnvilCounts Census::count(Event event, const std::string& ident, Moment at) {
    Client& client = find(ident, at);
    auto place = static_cast<size_t>(event);
    uint32_t rate = ++client.rates[place];
    raise(peaks_.rates[place], rate, ident, at.wall);
    raise(peaks_.connections, client.connections, ident, at.wall);
    return {client.connections, rate};
}

ipc::AnvilCounts Census::look(Event event, const std::string& ident, Moment at) {
    const Client& client = find(ident, at);
    return {client.connections, client.rates[static_cast<size_t>(event)]};
}

void Census::hold(const std::string& ident, uint32_t number, Moment at) {
    Client& client = find(ident, at);
    client.connections += number;
    raise(peaks_.connections, client.connections, ident, at.wall);
}

void Census::leave(const std::string& ident, uint32_t number, Moment at) {
    auto found = clients_.find(ident);
    if (found == clients_.end())
        return;
    Client& client = found->second;
    client.connections -= std::min(client.connections, number);
    client.last = at.now;
}

void Census::forget(base::Instant now) {
    std::erase_if(clients_, [&](const auto& entry) {
        const Client& client = entry.second;
        return client.connections == 0 && client.last + unit_ < now;
    });
}

Peaks Census::take_peaks() {
    return std::exchange(peaks_, {});
}

}  // namespace anvil
