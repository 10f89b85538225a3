// The auth service's host may move: its name is looked up for each connection.
#include "lib/sasl/auth_socket.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <mutex>

#include "lib/io/listen.h"
#include "lib/io/run.h"
#include "lib/io/scope.h"
#include "lib/io/stream.h"

namespace {

using namespace std::chrono_literals;
using io::SocketAddress;

// What the test says of the only name; asked from another thread.
struct Names {
    sasl::AuthSocket::Found look_up(const std::string& host, const std::string& port) {
        std::lock_guard hold(mutex);
        asked.push_back(host + ' ' + port);
        return now;
    }
    void say(std::vector<SocketAddress> addresses, std::string why) {
        std::lock_guard hold(mutex);
        now.addresses = std::move(addresses);
        now.why = std::move(why);
    }

    std::mutex mutex;
    sasl::AuthSocket::Found now;
    std::vector<std::string> asked;
};

io::Task<std::string> outcome_of(sasl::AuthSocket& socket) {
    sasl::AuthSocket::Outcome outcome = co_await socket.connect(10s);
    if (!outcome.wire)
        co_return outcome.why;
    auto peer = SocketAddress::peer_of(outcome.wire->fd());
    co_return peer ? peer->ip() : "no address";
}

io::Task<void> moves(sasl::AuthSocket& socket, Names& names, uint16_t port) {
    io::Scope beside;
    beside.spawn(socket.run());
    struct Row {
        const char* address;  // null: it is not found
        const char* outcome;
    };
    const Row rows[] = {
        {nullptr, "gone for now"},  {"127.0.0.3", "Connection refused"},
        {"127.0.0.1", "127.0.0.1"}, {"127.0.0.2", "127.0.0.2"},
        {nullptr, "127.0.0.2"},  // the last that was known
        {"127.0.0.1", "127.0.0.1"},
    };
    for (const Row& row : rows) {
        std::vector<SocketAddress> addresses;
        if (row.address != nullptr)
            addresses.push_back(*SocketAddress::inet(row.address, port));
        names.say(addresses, addresses.empty() ? "gone for now" : "");
        std::string outcome = co_await outcome_of(socket);
        EXPECT_EQ(outcome, row.outcome);
    }
    beside.cancel();
    co_await beside.join();
}

TEST(AuthSocket, AHostThatMovesIsFoundAgain) {
    io::Loop loop;
    base::Fd first = io::listen_inet(*SocketAddress::inet("127.0.0.1", 0));
    uint16_t port = SocketAddress::local_of(first.get())->port();
    base::Fd second = io::listen_inet(*SocketAddress::inet("127.0.0.2", port));
    Names names;
    names.say({}, "gone for now");
    sasl::AuthSocket socket("inet:auth.example:smtp",
                            [&names](const std::string& host, const std::string& service) {
                                return names.look_up(host, service);
                            });
    io::run_task(moves(socket, names, port));
    EXPECT_EQ(names.asked, std::vector<std::string>(7, "auth.example 25"));
}

io::Task<void> stays(sasl::AuthSocket& socket) {
    std::string outcome = co_await outcome_of(socket);
    EXPECT_EQ(outcome, "127.0.0.1");
}

TEST(AuthSocket, AnAddressIsNotLookedUp) {
    io::Loop loop;
    base::Fd listener = io::listen_inet(*SocketAddress::inet("127.0.0.1", 0));
    uint16_t port = SocketAddress::local_of(listener.get())->port();
    sasl::AuthSocket socket("inet:[127.0.0.1]:" + std::to_string(port),
                            [](const std::string&, const std::string&) {
                                ADD_FAILURE() << "it was looked up";
                                return sasl::AuthSocket::Found();
                            });
    io::run_task(stays(socket));
}

io::Task<void> hangs(sasl::AuthSocket& socket, std::shared_ptr<std::atomic<bool>> open) {
    io::Scope beside;
    beside.spawn(socket.run());
    // The second finds the first look-up under way, the third no room to wait behind it.
    for (int i = 0; i < 3; ++i) {
        sasl::AuthSocket::Outcome outcome = co_await socket.connect(100ms);
        EXPECT_TRUE(outcome.wire) << outcome.why;
    }
    *open = true;
    beside.cancel();
    co_await beside.join();
}

TEST(AuthSocket, ALookUpThatHangsHoldsUpNobody) {
    io::Loop loop;
    base::Fd listener = io::listen_inet(*SocketAddress::inet("127.0.0.1", 0));
    uint16_t port = SocketAddress::local_of(listener.get())->port();
    auto open = std::make_shared<std::atomic<bool>>(true);
    sasl::AuthSocket socket("inet:auth.example:1234",
                            [open, port](const std::string&, const std::string&) {
                                while (!*open)
                                    usleep(100);
                                sasl::AuthSocket::Found found;
                                found.addresses = {*SocketAddress::inet("127.0.0.1", port)};
                                return found;
                            });
    *open = false;
    io::run_task(hangs(socket, open));
}

}  // namespace
