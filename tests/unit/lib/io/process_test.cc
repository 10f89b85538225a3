// Other processes and threads: children, signals, rings, passed descriptors.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <thread>

#include "lib/base/error.h"
#include "lib/io/child.h"
#include "lib/io/datagram.h"
#include "lib/io/doorbell.h"
#include "lib/io/pass_fd.h"
#include "lib/io/run.h"
#include "lib/io/signals.h"
#include "lib/io/sleep.h"

namespace {

using namespace std::chrono_literals;
using io::Task;

Task<void> wait_for(io::Child& child, int& status) {
    const int ended = co_await child.wait();
    status = ended;
}

io::SpawnOptions shell(std::string script) {
    io::SpawnOptions options;
    options.path = "/bin/sh";
    options.argv = {"sh", "-c", std::move(script)};
    options.environment = {"GREETING=hello"};
    return options;
}

TEST(Child, TellsHowItEnded) {
    io::Loop loop;
    int status = 0;
    io::Child child = io::Child::spawn(shell("exit 7"));
    io::run_task(wait_for(child, status));
    EXPECT_EQ(WEXITSTATUS(status), 7);
    io::Child victim = io::Child::spawn(shell("sleep 60"));
    victim.kill(SIGKILL);
    io::run_task(wait_for(victim, status));
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST(Child, GetsItsEnvironmentAndTheDescriptorsItIsGivenAlone) {
    io::Loop loop;
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    base::Fd reader(ends[0]), writer(fcntl(ends[1], F_DUPFD_CLOEXEC, 77));
    ::close(ends[1]);
    io::SpawnOptions options =
        shell("echo $GREETING >&5; test -e /proc/self/fd/77 || echo clean >&5");
    options.descriptors = {{writer.get(), 5}};
    int status = 0;
    io::Child child = io::Child::spawn(options);
    io::run_task(wait_for(child, status));
    char got[100] = "";
    ASSERT_GT(read(reader.get(), got, sizeof got - 1), 0);
    EXPECT_STREQ(got, "hello\nclean\n");
}

TEST(Child, AMissingProgramIsAnErrorThatNamesIt) {
    io::Loop loop;
    io::SpawnOptions options;
    options.path = "/no/such/program";
    options.argv = {"program"};
    try {
        io::Child::spawn(options);
        FAIL();
    } catch (const base::SystemError& error) {
        EXPECT_STREQ(error.what(), "start /no/such/program: No such file or directory");
    }
}

Task<void> wait_or_kill(io::Child& child, io::Instant deadline, std::optional<int>& status) {
    std::optional<int> ended = co_await child.wait_or_kill(deadline);
    status = ended;
}

bool exists(pid_t pid) {
    return ::kill(pid, 0) == 0;
}

TEST(Child, IsGoneWhenNobodyWaitsForItAnyMore) {
    io::Loop loop;
    io::SpawnOptions lasting = shell("sleep 60 & sleep 60");
    lasting.new_group = true;
    std::optional<int> status = 77;
    io::Child late = io::Child::spawn(lasting);
    io::run_task(wait_or_kill(late, loop.now() + 10ms, status));
    EXPECT_FALSE(status);
    EXPECT_FALSE(exists(late.pid()));
    io::Child left = io::Child::spawn(lasting);
    io::Scope scope;
    scope.spawn(wait_or_kill(left, io::never, status));
    loop.run_until_idle();
    EXPECT_TRUE(exists(left.pid()));
    scope.cancel();
    while (scope.running() > 0)
        loop.run_until_idle();
    EXPECT_FALSE(exists(left.pid()));
    EXPECT_FALSE(status);
    io::Child quick = io::Child::spawn(shell("exit 7"));
    io::run_task(wait_or_kill(quick, io::never, status));
    ASSERT_TRUE(status);
    EXPECT_EQ(WEXITSTATUS(*status), 7);
}

Task<void> cancel_at(io::Scope& scope, io::Instant when) {
    co_await io::sleep_until(when);
    scope.cancel();
}

TEST(Child, IsGoneWhereItsWaiterIsCancelledWhileItIsKilled) {
    io::ManualClock clock;
    io::Loop loop{clock};
    io::Child child = io::Child::spawn(shell("sleep 60"));
    std::optional<int> status = 77;
    io::Scope scope, beside;
    scope.spawn(wait_or_kill(child, loop.now() + 10s, status));
    beside.spawn(cancel_at(scope, loop.now() + 11s));
    loop.run_until_idle();
    clock.advance(12s);
    loop.run_until_idle();
    while (scope.running() > 0)
        loop.run_until_idle();
    EXPECT_FALSE(exists(child.pid()));
    EXPECT_EQ(status, 77) << "nobody was told";
}

Task<void> next_signal(io::Signals& signals, int& number) {
    const int next = co_await signals.next();
    number = next;
}

TEST(Signals, ArriveAsValues) {
    io::Loop loop;
    io::Signals signals({SIGUSR1, SIGUSR2});
    ::kill(getpid(), SIGUSR2);
    int number = 0;
    io::run_task(next_signal(signals, number));
    EXPECT_EQ(number, SIGUSR2);
}

Task<void> count_rings(io::Doorbell& bell, int& rings) {
    bool rang = co_await bell.wait(io::loop().now() + 10s);
    rings += rang ? 1 : 0;
}

TEST(Doorbell, WakesTheLoopFromAnotherThread) {
    io::Loop loop;
    io::Doorbell bell;
    int rings = 0;
    std::thread ringer([&] { bell.ring(); });
    io::run_task(count_rings(bell, rings));
    ringer.join();
    EXPECT_EQ(rings, 1);
}

Task<void> receive(io::Datagram& socket, std::string& got) {
    std::string message = co_await socket.receive();
    got = message;
}

TEST(Datagram, GivesWholeMessages) {
    io::Loop loop;
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends), 0);
    base::Fd sender(ends[1]);
    io::Datagram receiver{base::Fd(ends[0])};
    send(sender.get(), "one", 3, 0);
    send(sender.get(), "two", 3, 0);
    std::string got;
    io::run_task(receive(receiver, got));
    EXPECT_EQ(got, "one");
    io::run_task(receive(receiver, got));
    EXPECT_EQ(got, "two");
}

TEST(PassFd, ADescriptorArrivesWithItsBytes) {
    int ends[2], data[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ASSERT_EQ(pipe2(data, O_CLOEXEC), 0);
    base::Fd a(ends[0]), b(ends[1]), reader(data[0]), writer(data[1]);
    io::send_with_fd(a.get(), "take this", writer.get());
    io::Passed got = io::receive_with_fd(b.get(), 100);
    EXPECT_EQ(got.bytes, "take this");
    ASSERT_TRUE(got.fd);
    ASSERT_EQ(write(got.fd.get(), "x", 1), 1);
    char c;
    EXPECT_EQ(read(reader.get(), &c, 1), 1);
}

}  // namespace
