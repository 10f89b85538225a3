#include "lib/dns/servers.h"

#include <algorithm>
#include <numeric>

#include "lib/io/loop.h"

namespace dns {

namespace {

using namespace std::chrono_literals;

// How long a server that kept silent stands behind the others.
constexpr base::Duration avoided_for = 30s;

// A server that only points to others (RFC 1034 4.3.1, without what a resolver would do then), or
// knows nothing and does not ask for us.
bool is_lame(const Message& message) {
    if (message.code != Code::no_error || !message.answers.empty() || message.authority ||
        !message.bad_names.empty())
        return false;
    return message.has_nameservers || (!message.authoritative && !message.recursive);
}

bool is_temporary(const Message& message) {
    return message.code == Code::server_failure || message.code == Code::refused ||
           message.code == Code::not_implemented || is_lame(message);
}

bool is_good(const Heard& heard) {
    return heard.kind == Heard::Kind::message && !is_temporary(heard.message) &&
           (heard.message.code == Code::no_error || heard.message.code == Code::name_error);
}

// What no server explains better is final: a question that they all hold for wrong.
bool is_odd(const Heard& heard) {
    return heard.kind == Heard::Kind::message && !is_good(heard) && !is_temporary(heard.message);
}

bool dislikes_edns(const Heard& heard) {
    if (heard.kind != Heard::Kind::message)
        return false;
    Code code = heard.message.code;
    return code == Code::format_error || code == Code::not_implemented || code == Code::bad_version;
}

}  // namespace

Servers::Servers(const std::vector<io::SocketAddress>& servers, Limits limits) : limits_(limits) {
    for (const io::SocketAddress& each : servers)
        servers_.emplace_back(each);
}

std::vector<size_t> Servers::order() {
    std::vector<size_t> order(servers_.size());
    std::iota(order.begin(), order.end(), 0);
    if (limits_.rotate && !order.empty())
        std::ranges::rotate(order, order.begin() + static_cast<ptrdiff_t>(first_++ % order.size()));
    io::Instant now = io::loop().now();
    std::stable_partition(order.begin(), order.end(),
                          [this, now](size_t n) { return servers_[n].avoid_until <= now; });
    return order;
}

io::Task<Heard> Servers::ask_one(Server& server, Question question, unsigned round) {
    io::Instant deadline = io::loop().now() + limits_.attempt;
    QueryOptions options;
    options.tcp = limits_.tcp;
    // Something on the way may drop what has EDNS in it, so the last round goes without.
    options.edns = !server.plain && (limits_.dnssec || round == 0 || round + 1 < limits_.rounds);
    options.dnssec = limits_.dnssec && options.edns;
    Heard heard = co_await exchange(server.address, question, options, deadline);
    if (options.edns && dislikes_edns(heard)) {
        options.edns = options.dnssec = false;
        Heard second = co_await exchange(server.address, question, options, deadline);
        server.plain = is_good(second);
        heard = std::move(second);
    }
    // Nobody else's word counts: a server that was not asked to validate may say anything.
    heard.message.authentic = heard.message.authentic && options.dnssec;
    bool mute = heard.kind == Heard::Kind::silence || heard.kind == Heard::Kind::unreachable;
    server.avoid_until = mute ? io::loop().now() + avoided_for : io::Instant{};
    co_return std::move(heard);
}

io::Task<Heard> Servers::ask(Question question) {
    Heard last;
    for (unsigned round = 0; round < limits_.rounds; ++round) {
        bool all_odd = true;
        std::vector<size_t> turns = order();
        for (size_t n : turns) {
            Heard heard = co_await ask_one(servers_[n], question, round);
            if (is_good(heard))
                co_return std::move(heard);
            all_odd = all_odd && is_odd(heard);
            // A server that is only troubled says more than one that finds the question wrong.
            if (!is_odd(heard) || all_odd)
                last = std::move(heard);
        }
        if (all_odd)
            break;
    }
    if (last.kind == Heard::Kind::message && is_temporary(last.message))
        co_return Heard(Heard::Kind::silence);
    co_return std::move(last);
}

}  // namespace dns
