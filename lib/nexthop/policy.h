// Policy is which of the relays of one priority is tried first, and in what order the others
// follow.
//
// order_by() is a pure function of what it is given: the contenders in the order of their list, the
// sender, what the process remembers of the list, and chance.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/time.h"
#include "lib/nexthop/destination.h"
#include "lib/nexthop/random.h"

namespace nexthop {

enum class Policy : uint8_t {
    failover,
    sticky,
    round_robin,
    weighted,
    least_outstanding,
    hash_sender
};

std::string_view name_of(Policy policy);  // "round-robin"
std::optional<Policy> parse_policy(std::string_view text);

// What a process remembers of its lists from message to message. The list of a group is any text
// that is the same for each message: next hop and priority.
class PolicyMemory {
  public:
    // Lists beyond this number push out the one that was used longest ago.
    explicit PolicyMemory(size_t most_lists = 1000) : most_lists_(most_lists) {}

    // `relay` (its text) took a message of `list`. For the sticky policy only.
    void took(std::string_view list, std::string_view relay, base::Instant now);
    // Who took over and has kept it for less than `time`; "" for nobody. A `time` of 0 has no end.
    std::string_view holder(std::string_view list, base::Duration time, base::Instant now) const;
    // 0, 1, 2 …, from a number of chance on.
    uint32_t next_turn(std::string_view list, Random& random);

  private:
    struct List {
        std::string relay;
        base::Instant since{};
        std::optional<uint32_t> turn;
        uint64_t used = 0;
    };
    List& list(std::string_view name);

    size_t most_lists_;
    uint64_t uses_ = 0;
    std::map<std::string, List, std::less<>> lists_;
};

struct Choice {
    std::vector<const Destination*> contenders;  // of one priority, in order of the list
    std::string list;                            // what PolicyMemory knows it by
    std::string_view sender;
    base::Duration sticky_time{0};
    base::Instant now{};
    // The sessions that a contender has with us now; by its place among `contenders`.
    std::function<unsigned(size_t)> in_flight;
};

// The places of all contenders in the order to try them.
//
// failover: as they are. sticky: the holder first, then as they are. round_robin: rotated by one
// more each time. weighted: drawn one after another, each with the chance of its weight among those
// left (RFC 2782, page 4): many processes that know nothing of each other keep to the weights in
// sum, and what one relay does not take is shared by weight again. least_outstanding: of two drawn
// by chance the one with fewer sessions for its weight, then the other, then the rest by sessions.
// hash_sender: by the highest of the hashes of sender and relay, each raised to its weight
// (rendezvous hashing), so that without one relay only its own senders move. Who has weight 0 comes
// last in the last three.
std::vector<size_t> order_by(Policy policy, const Choice& choice, PolicyMemory& memory,
                             Random& random);

// The elements in groups of one priority, the lowest first; within a group in order of the list.
// What has no priority comes as if it had 0. Where `policy` is failover, elements without one are
// groups of their own, in order. What is a fallback comes behind all, each for itself.
std::vector<std::vector<size_t>> priority_groups(const std::vector<Destination>& destinations,
                                                 Policy policy);

}  // namespace nexthop
