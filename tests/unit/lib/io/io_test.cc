// Tasks, waits and scopes: what is resumed, what is cancelled, what is destroyed, and how often.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/io/channel.h"
#include "lib/io/event.h"
#include "lib/io/run.h"
#include "lib/io/scope.h"
#include "lib/io/semaphore.h"
#include "lib/io/sleep.h"

namespace {

using namespace std::chrono_literals;
using io::Task;

// Counts what the compiler makes and unmakes: g++ 12 has forms that get this wrong.
struct Counted {
    static inline int alive = 0;
    static inline int made = 0;
    std::string text;
    explicit Counted(std::string t) : text(std::move(t)) { ++alive, ++made; }
    Counted(const Counted& other) : text(other.text) { ++alive, ++made; }
    Counted(Counted&& other) noexcept : text(std::move(other.text)) { ++alive, ++made; }
    Counted& operator=(const Counted&) = default;
    ~Counted() { --alive; }
};

Task<Counted> echo(Counted value) {
    co_return std::move(value);
}

Task<Counted> echo_later(Counted value) {
    co_await io::sleep(1ms);
    co_return std::move(value);
}

Task<int> fail_later() {
    co_await io::sleep(1ms);
    throw std::runtime_error("later");
}

Task<void> pass_values(int& seen) {
    Counted owned("a string too long to be kept inside the object itself");
    Counted a = co_await echo(owned);
    Counted b = co_await echo_later(a);
    EXPECT_EQ(b.text, owned.text);
    ++seen;
}

TEST(Task, ValuesAreDestroyedAsOftenAsTheyAreMade) {
    io::ManualClock clock;
    io::Loop loop(clock);
    io::Scope scope;
    int seen = 0;
    Counted::alive = Counted::made = 0;
    for (int i = 0; i < 10; ++i)
        scope.spawn(pass_values(seen));
    loop.run_until_idle();
    clock.advance(2ms);
    loop.run_until_idle();
    EXPECT_EQ(seen, 10);
    EXPECT_EQ(scope.running(), 0u);
    EXPECT_GT(Counted::made, 40);
    EXPECT_EQ(Counted::alive, 0);
}

Task<void> catch_late(std::string& said) {
    try {
        int n = co_await fail_later();
        said = std::to_string(n);
    } catch (const std::runtime_error& error) {
        said = error.what();
    }
}

TEST(Task, AnExceptionReachesTheAwaiter) {
    io::ManualClock clock;
    io::Loop loop(clock);
    io::Scope scope;
    std::string said;
    scope.spawn(catch_late(said));
    loop.run_until_idle();
    clock.advance(2ms);
    loop.run_until_idle();
    EXPECT_EQ(said, "later");
}

Task<void> add_one(int& sum) {
    ++sum;
    co_return;
}

Task<void> add_many(int& sum) {
    for (int i = 0; i < 1'000'000; ++i)
        co_await add_one(sum);
}

TEST(Task, AMillionTasksThatNeverWaitNeedNoStack) {
    io::Loop loop;
    int sum = 0;
    io::run_task(add_many(sum));
    EXPECT_EQ(sum, 1'000'000);
}

Task<void> nap(io::Duration time, std::vector<int>& order, int id) {
    co_await io::sleep(time);
    order.push_back(id);
}

TEST(Sleep, TimersFireInTheirOrder) {
    io::ManualClock clock;
    io::Loop loop(clock);
    io::Scope scope;
    std::vector<int> order;
    for (int id : {5, 1, 4, 2, 3})
        scope.spawn(nap(id * 1s, order, id));
    loop.run_until_idle();
    clock.advance(2500ms);
    loop.run_until_idle();
    EXPECT_EQ(order, (std::vector<int>{1, 2}));
    clock.advance(10s);
    loop.run_until_idle();
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4, 5}));
}

Task<void> wait_for_ever(std::string& end) {
    io::Event never_set;
    try {
        co_await never_set.wait();
    } catch (const io::Cancelled&) {
        end = "cancelled";
        throw;
    }
}

// The one form for leaving early: catch, cancel, join after the catch, rethrow.
Task<void> parent(std::string& child_end, std::string& end) {
    io::Scope children;
    children.spawn(wait_for_ever(child_end));
    std::exception_ptr error;
    try {
        co_await io::sleep(1h);
    } catch (...) {
        error = std::current_exception();
    }
    children.cancel();
    co_await children.join();
    end = error ? "told" : "slept";
    if (error)
        std::rethrow_exception(error);
}

TEST(Scope, CancellingReachesChildrenAndJoinsThem) {
    io::ManualClock clock;
    io::Loop loop(clock);
    io::Scope scope;
    std::string child_end, end;
    scope.spawn(parent(child_end, end));
    loop.run_until_idle();
    scope.cancel();
    loop.run_until_idle();
    EXPECT_EQ(child_end, "cancelled");
    EXPECT_EQ(end, "told");
    EXPECT_EQ(scope.running(), 0u);
}

Task<void> wait_for(io::Event& event) {
    co_await event.wait();
}

// When it is cancelled it takes until `gate` is set to end.
Task<void> slow_to_leave(io::Event& gate) {
    std::string end;
    bool cancelled = false;
    try {
        co_await wait_for_ever(end);
    } catch (const io::Cancelled&) {
        cancelled = true;
    }
    io::Scope inner;
    if (cancelled)
        inner.spawn(wait_for(gate));
    co_await inner.join();
}

Task<void> leave_early(io::Event& gate, std::string& end) {
    io::Scope children;
    children.spawn(slow_to_leave(gate));
    co_await io::yield();
    children.cancel();
    co_await children.join();
    end = "joined";
    try {
        co_await io::sleep(1h);
    } catch (const io::Cancelled&) {
        end = "told";
    }
}

TEST(Scope, JoinOfACancelledScopeIsNotCutShort) {
    io::ManualClock clock;
    io::Loop loop(clock);
    io::Scope scope;
    io::Event gate;
    std::string end;
    scope.spawn(leave_early(gate, end));
    loop.run_until_idle();
    scope.cancel();
    loop.run_until_idle();
    EXPECT_EQ(end, "");
    gate.set();
    loop.run_until_idle();
    EXPECT_EQ(end, "told");
    EXPECT_EQ(scope.running(), 0u);
}

Task<void> fail_now() {
    throw std::runtime_error("first");
    co_return;
}

Task<void> join_failing(std::string& said) {
    io::Scope scope;
    scope.spawn(fail_now());
    try {
        co_await scope.join();
    } catch (const std::runtime_error& error) {
        said = error.what();
    }
}

TEST(Scope, JoinRethrowsTheFirstError) {
    io::Loop loop;
    std::string said;
    io::run_task(join_failing(said));
    EXPECT_EQ(said, "first");
}

Task<void> pop_all(io::Channel<std::string>& channel, std::vector<std::string>& got) {
    while (true) {
        std::optional<std::string> item = co_await channel.pop();
        if (!item)
            co_return;
        got.push_back(std::move(*item));
    }
}

TEST(Channel, KeepsOrderRefusesWhenFullAndEndsWhenClosed) {
    io::Loop loop;
    io::Scope scope;
    io::Channel<std::string> channel(2);
    std::vector<std::string> got;
    EXPECT_TRUE(channel.push("a"));
    EXPECT_TRUE(channel.push("b"));
    EXPECT_FALSE(channel.push("c"));
    scope.spawn(pop_all(channel, got));
    loop.run_until_idle();
    EXPECT_TRUE(channel.push("d"));
    channel.close();
    EXPECT_FALSE(channel.push("e"));
    loop.run_until_idle();
    EXPECT_EQ(got, (std::vector<std::string>{"a", "b", "d"}));
    EXPECT_EQ(scope.running(), 0u);
}

Task<void> hold_permit(io::Semaphore& permits, int& holding, int& most) {
    co_await permits.acquire();
    most = std::max(most, ++holding);
    co_await io::sleep(1s);
    --holding;
    permits.release();
}

TEST(Semaphore, NeverMoreHoldersThanPermits) {
    io::ManualClock clock;
    io::Loop loop(clock);
    io::Scope scope;
    io::Semaphore permits(3);
    int holding = 0, most = 0;
    for (int i = 0; i < 10; ++i)
        scope.spawn(hold_permit(permits, holding, most));
    for (int i = 0; i < 5; ++i) {
        loop.run_until_idle();
        clock.advance(1s);
    }
    EXPECT_EQ(most, 3);
    EXPECT_EQ(scope.running(), 0u);
    EXPECT_EQ(permits.available(), 3u);
}

TEST(Semaphore, ACancelledWaiterGetsNoPermit) {
    io::ManualClock clock;
    io::Loop loop(clock);
    io::Scope first, second;
    io::Semaphore permits(1);
    int holding = 0, most = 0;
    first.spawn(hold_permit(permits, holding, most));
    loop.run_until_idle();
    second.spawn(hold_permit(permits, holding, most));
    loop.run_until_idle();
    second.cancel();
    loop.run_until_idle();
    clock.advance(1s);
    loop.run_until_idle();
    EXPECT_EQ(most, 1);
    EXPECT_EQ(permits.available(), 1u);
}

Task<void> await_event(io::Event& event, io::Instant deadline, std::string& end) {
    bool came = co_await event.wait(deadline);
    end = came ? "came" : "late";
}

TEST(Event, EndsAtItsDeadlineOrWhenSet) {
    io::ManualClock clock;
    io::Loop loop(clock);
    io::Scope scope;
    io::Event event;
    std::string early, late;
    scope.spawn(await_event(event, loop.now() + 1s, early));
    scope.spawn(await_event(event, loop.now() + 9s, late));
    loop.run_until_idle();
    clock.advance(2s);
    loop.run_until_idle();
    event.set();
    loop.run_until_idle();
    EXPECT_EQ(early, "late");
    EXPECT_EQ(late, "came");
}

}  // namespace
