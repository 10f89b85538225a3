// JobThread: work that blocks, for a loop that must not.
#include "lib/spool/job_thread.h"

#include <atomic>
#include <stdexcept>
#include <thread>

#include "lib/io/scope.h"
#include "tests/unit/lib/spool/log_fixture.h"

namespace spool_test {
namespace {

class JobThreadTest : public LogFixture {
  protected:
    static io::Task<void> one(spool::JobThread& thread, std::vector<int>& order, int number) {
        std::function<void()> job = [&order, number] { order.push_back(number); };
        co_await thread.run(job);
        order.push_back(-number);
    }
    static io::Task<void> wait(spool::JobThread& on, std::atomic<int>& count, int& awake) {
        std::function<void()> job = [&count] {
            std::this_thread::sleep_for(std::chrono::microseconds(200));
            ++count;
        };
        co_await on.run(job);
        ++awake;
    }
};

TEST_F(JobThreadTest, RunsJobsInOrderAndWakesTheirWaiters) {
    spool::JobThread thread;
    std::vector<int> order;
    auto three = [](spool::JobThread& on, std::vector<int>& into) -> io::Task<void> {
        for (int number : {1, 2, 3})
            co_await one(on, into, number);
    };
    run(three(thread, order));
    EXPECT_EQ(order, (std::vector<int>{1, -1, 2, -2, 3, -3}));
}

TEST_F(JobThreadTest, ThrowsWhatTheJobThrew) {
    spool::JobThread thread;
    auto fail = [](spool::JobThread& on, std::string& said) -> io::Task<void> {
        std::function<void()> job = [] { throw std::runtime_error("no"); };
        try {
            co_await on.run(job);
        } catch (const std::runtime_error& error) {
            said = error.what();
        }
    };
    std::string said;
    run(fail(thread, said));
    EXPECT_EQ(said, "no");
}

TEST_F(JobThreadTest, ManyWaitAndSomeAreCancelled) {
    auto thread = std::make_unique<spool::JobThread>();
    std::atomic<int> ran = 0;
    int woken = 0;
    auto all = [](spool::JobThread& on, std::atomic<int>& count, int& awake) -> io::Task<void> {
        io::Scope leaving, staying;
        for (int i = 0; i < 50; ++i) {
            leaving.spawn(wait(on, count, awake));  // the first leads, and leaves
            staying.spawn(wait(on, count, awake));
        }
        constexpr base::Duration meanwhile(2000);
        co_await io::sleep(meanwhile);
        leaving.cancel();
        co_await leaving.join();
        co_await staying.join();
    };
    run(all(*thread, ran, woken));
    thread.reset();
    EXPECT_EQ(ran, 100);
    EXPECT_GE(woken, 50);
    EXPECT_LT(woken, 100);
}

TEST_F(JobThreadTest, RunsWhatIsLeftBeforeItEnds) {
    std::atomic<int> ran = 0;
    {
        spool::JobThread thread;
        for (int i = 0; i < 20; ++i)
            thread.post([&ran] { ++ran; });
    }
    EXPECT_EQ(ran, 20);
}

}  // namespace
}  // namespace spool_test
