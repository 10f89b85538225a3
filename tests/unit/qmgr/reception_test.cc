// Connections to qmgr, from their first byte to their end.
#include "qmgr/reception.h"

#include <gtest/gtest.h>

#include "lib/io/event.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/io/stream.h"

namespace {

struct Notes : qmgr::Desk {
    size_t rings = 0;
    std::string triggers;
    void rung(const std::vector<ipc::Ring>& all) override { rings += all.size(); }
    void trigger(char what) override { triggers += what; }
    io::Task<ipc::ControlAnswer> control(ipc::ControlRequest) override {
        co_return ipc::ControlAnswer();
    }
};

struct QmgrReception : testing::Test {
    io::ManualClock clock;
    io::Loop loop{clock};
    io::Scope scope;
    Notes desk;

    std::unique_ptr<io::Wire> connect() {
        auto [ours, theirs] = io::wire_pair(1 << 16);
        scope.spawn(qmgr::receive(std::move(theirs), desk));
        return std::move(ours);
    }
};

io::Task<void> cancel_when(io::Event& event, io::Scope& scope) {
    co_await event.wait();
    scope.cancel();
}

TEST_F(QmgrReception, TakesTriggers) {
    std::unique_ptr<io::Wire> sender = connect();
    EXPECT_EQ(sender->try_write("AF"), 2);
    sender.reset();
    loop.run_until_idle();
    EXPECT_EQ(desk.triggers, "AF");
    EXPECT_EQ(scope.running(), 0u);
}

// A writer that goes just when qmgr ends: its connection waits for its parts all the same.
TEST_F(QmgrReception, EndsWholeWhenCancelledAtItsEnd) {
    io::Scope canceller;
    io::Event now;
    std::unique_ptr<io::Wire> writer = connect();
    canceller.spawn(cancel_when(now, scope));
    EXPECT_EQ(writer->try_write(std::string(1, ipc::framed_preamble)), 1);
    loop.run_until_idle();
    EXPECT_EQ(scope.running(), 1u);
    writer.reset();
    now.set();
    loop.run_until_idle();
    EXPECT_EQ(scope.running(), 0u);
}

}  // namespace
