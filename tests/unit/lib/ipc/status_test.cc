#include "lib/ipc/status.h"

#include <gtest/gtest.h>

#include "lib/base/encode.h"
#include "lib/io/loop.h"
#include "lib/io/run.h"
#include "lib/ipc/invocation.h"
#include "lib/ipc/status_channel.h"

namespace {

using namespace ipc;
using namespace std::chrono_literals;

TEST(Status, ComesBackFromItsBytes) {
    Status status;
    status.phase = Status::Phase::leaving;
    status.available = true;
    status.sessions = 70000;
    status.uses = 1ull << 40;
    status.generation = 3;
    EXPECT_EQ(Status::decode(status.encode()), status);
    Order order;
    order.kind = Order::Kind::death;
    order.time = 5s;
    order.pid = 4711;
    order.signal = 11;
    order.generation = 4;
    EXPECT_EQ(Order::decode(order.encode()), order);
}

TEST(Status, RefusesWhatCannotBe) {
    EXPECT_THROW(Status::decode(""), base::DecodeError);
    EXPECT_THROW(Status::decode(Status().encode().substr(0, 5)), base::DecodeError);
    EXPECT_THROW(Status::decode("\x7f" + Status().encode().substr(1)), base::DecodeError);
    EXPECT_THROW(Order::decode("\x7f" + Order().encode().substr(1)), base::DecodeError);
}

io::Task<void> read_all(StatusChannel& channel, std::vector<std::string>& into) {
    while (true) {
        std::optional<std::string> message = co_await channel.receive();
        if (!message)
            co_return;
        into.push_back(*message);
    }
}

TEST(StatusChannel, KeepsTheBordersOfMessagesUntilTheOtherSideIsGone) {
    io::Loop loop;
    auto [ours, theirs] = status_socket_pair();
    StatusChannel reader(std::move(ours));
    {
        StatusChannel writer(std::move(theirs));
        EXPECT_TRUE(writer.send("one"));
        EXPECT_TRUE(writer.send("two"));
    }
    std::vector<std::string> got;
    io::run_task(read_all(reader, got));
    EXPECT_EQ(got, (std::vector<std::string>{"one", "two"}));
    EXPECT_FALSE(reader.send("nobody there"));
}

TEST(StatusChannel, NeverWaitsForAReaderThatStandsStill) {
    io::Loop loop;
    auto [ours, theirs] = status_socket_pair();
    StatusChannel writer(std::move(ours)), reader(std::move(theirs));
    size_t sent = 0;
    while (writer.send("beat") && sent < 1'000'000)
        ++sent;
    EXPECT_LT(sent, 1'000'000u);
    EXPECT_EQ(reader.try_receive(), "beat");
    EXPECT_TRUE(writer.send("beat"));
}

TEST(Invocation, ReadsWhatMasterWrites) {
    Invocation written;
    written.service = "127.0.0.1:submission";
    written.type = "inet";
    written.unprivileged = true;
    written.chroot = true;
    written.sockets = 2;
    written.overrides = {{"syslog_name", "postfix/submission"}, {"smtpd_banner", "a b = c"}};
    written.arguments = {"flags=R", "user=vmail"};
    Invocation read = Invocation::parse(written.command_line());
    EXPECT_EQ(read.service, written.service);
    EXPECT_EQ(read.type, written.type);
    EXPECT_TRUE(read.unprivileged);
    EXPECT_TRUE(read.chroot);
    EXPECT_EQ(read.sockets, 2u);
    EXPECT_EQ(read.overrides, written.overrides);
    EXPECT_EQ(read.arguments, written.arguments);
}

TEST(Invocation, TakesWhatAMasterCfMayHave) {
    Invocation read = Invocation::parse({"-vv", "-nsmtp", "-l", "-o", "a=b"});
    EXPECT_TRUE(read.verbose);
    EXPECT_EQ(read.service, "smtp");
    EXPECT_EQ(read.overrides, (config::Overrides{{"a", "b"}}));
    EXPECT_EQ(read.sockets, 1u);
    EXPECT_THROW(Invocation::parse({"-?"}), config::Error);
    EXPECT_THROW(Invocation::parse({"-n"}), config::Error);
    EXPECT_THROW(Invocation::parse({"-s", "two"}), config::Error);
    EXPECT_THROW(Invocation::parse({"-o", "novalue"}), config::Error);
}

}  // namespace
