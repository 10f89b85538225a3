// Census counts what clients do: connections at a time, and events in a unit of time.
//
// A client's unit begins with its first event, and anew with the first event behind its end. All
// times are those of the loop's clock that the caller gives.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lib/base/time.h"
#include "lib/ipc/anvil.h"

namespace anvil {

// The events that have a rate, in the order of the statistics.
enum class Event : uint8_t { connection, message, recipient, tls_session, login };
inline constexpr size_t events = 5;

// The most of something since the last report, and whose it was.
struct Peak {
    uint32_t most = 0;
    std::string ident;
    base::WallTime when{};
};

struct Peaks {
    std::array<Peak, events> rates;
    Peak connections;
    Peak clients;  // ident is unused
};

class Census {
  public:
    explicit Census(base::Duration unit) : unit_(unit) {}

    struct Moment {
        base::Instant now;
        base::WallTime wall;
    };
    ipc::AnvilCounts connect(const std::string& ident, Moment at);
    ipc::AnvilCounts count(Event event, const std::string& ident, Moment at);
    // The same without counting one more.
    ipc::AnvilCounts look(Event event, const std::string& ident, Moment at);
    // `number` connections that began before, and are in no rate.
    void hold(const std::string& ident, uint32_t number, Moment at);
    void leave(const std::string& ident, uint32_t number, Moment at);

    // Forgets who has no connection and did nothing for a unit of time.
    void forget(base::Instant now);
    size_t size() const { return clients_.size(); }
    base::Duration unit() const { return unit_; }
    // The peaks since the last call.
    Peaks take_peaks();

  private:
    struct Client {
        uint32_t connections = 0;
        std::array<uint32_t, events> rates{};
        base::Instant began{};
        base::Instant last{};
    };
    Client& find(const std::string& ident, Moment at);

    base::Duration unit_;
    std::unordered_map<std::string, Client> clients_;
    Peaks peaks_;
};

}  // namespace anvil
