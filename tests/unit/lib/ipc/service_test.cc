// A Service runs in a forked child, as under master; the test is its master.
#include "lib/ipc/service.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "lib/base/text.h"
#include "lib/io/listen.h"
#include "lib/io/socket_address.h"
#include "lib/io/stream.h"

namespace {

using namespace std::chrono_literals;
using ipc::Order;
using ipc::Service;
using ipc::Status;

// Says a byte, then answers each byte by itself until the client leaves.
io::Task<void> echo(io::Accepted accepted) {
    io::Stream stream(io::descriptor_wire(std::move(accepted.fd)));
    stream.put("+");
    while (true) {
        bool more = co_await stream.fill();
        if (!more)
            co_return;
        stream.put(stream.buffered());
        stream.consume(stream.buffered().size());
    }
}

io::Task<void> serve(Service& service) {
    service.ready();
    co_await service.serve(echo);
}

// Says what it reads in main.cf, as a daemon that reloads in place.
io::Task<void> reload(Service& service) {
    service.ready();
    std::optional<uint32_t> order = co_await service.reloads().pop();
    bool fresh = service.settings().text("myhostname") == "new.example.org";
    service.reloaded(fresh ? *order : 99);
    co_await service.draining().wait();
}

io::Task<void> fail() {
    throw std::runtime_error("no luck");
    co_return;
}

class ServiceTest : public testing::Test {
  protected:
    ServiceTest() {
        char name[] = "/tmp/service_test.XXXXXX";
        folder_ = ::mkdtemp(name);
        std::filesystem::create_directory(folder_ + "/public");
        std::ofstream(folder_ + "/main.cf")
            << "queue_directory = " << folder_ << "\nmaillog_file = " << folder_
            << "/log\nmaillog_file_prefixes = /tmp\nmyhostname = mail.example.org\n";
        listener_ = io::listen_unix(folder_ + "/socket", 0600, 10);
    }
    ~ServiceTest() override {
        if (child_ > 0) {
            ::kill(child_, SIGKILL);
            ::waitpid(child_, nullptr, 0);
        }
        std::filesystem::remove_all(folder_);
    }

    template <class Daemon>
    void start(Daemon daemon, const char* session_limit = "0") {
        int ends[2];
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
        master_ = base::Fd(ends[0]);
        base::Fd theirs(ends[1]);
        child_ = ::fork();
        if (child_ == 0)
            ::_exit(run_child(daemon, theirs.get(), session_limit));
        listener_.reset();
    }

    template <class Daemon>
    int run_child(Daemon daemon, int channel, const char* session_limit) {
        int spare = ::fcntl(listener_.get(), F_DUPFD, 20);
        int end = ::fcntl(channel, F_DUPFD, 20);
        master_.reset();  // else this child would never see the end of its master
        listener_.reset();
        ::dup2(end, ipc::status_descriptor);
        ::dup2(spare, ipc::first_listener);
        ::close(end);
        ::close(spare);
        ::setenv("MAIL_CONFIG", folder_.c_str(), 1);
        ::setenv(ipc::session_limit_variable, session_limit, 1);
        std::string words[] = {"test", "-n", "test", "-t", "unix"};
        char* argv[] = {words[0].data(), words[1].data(), words[2].data(),
                        words[3].data(), words[4].data(), nullptr};
        Service service(5, argv, "test");
        return service.run(daemon(service));
    }

    static bool readable(const base::Fd& fd, int milliseconds) {
        pollfd wait{fd.get(), POLLIN, 0};
        return ::poll(&wait, 1, milliseconds) == 1;
    }
    // The next status for which `wanted` is true.
    template <class Wanted>
    bool hears(Wanted wanted) {
        while (readable(master_, 5000)) {
            char bytes[256];
            ssize_t n = ::recv(master_.get(), bytes, sizeof bytes, 0);
            if (n <= 0)
                return false;
            if (wanted(Status::decode({bytes, static_cast<size_t>(n)})))
                return true;
        }
        return false;
    }
    bool hears_ready() {
        return hears([](const Status& status) { return status.phase == Status::Phase::ready; });
    }
    base::Fd client() {
        base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        auto address = io::SocketAddress::unix_path(folder_ + "/socket");
        if (::connect(fd.get(), address->get(), address->size()) != 0)
            fd.reset();
        return fd;
    }
    bool refuses_clients() {
        for (int i = 0; i < 500; ++i) {
            if (!client())
                return true;
            ::usleep(10'000);
        }
        return false;
    }
    static char next(const base::Fd& fd, int milliseconds = 5000) {
        char byte = '-';
        if (!readable(fd, milliseconds) || ::read(fd.get(), &byte, 1) != 1)
            return '-';
        return byte;
    }
    void order(Order::Kind kind, base::Duration time, uint32_t generation = 0) {
        Order order;
        order.kind = kind;
        order.time = time;
        order.generation = generation;
        std::string bytes = order.encode();
        ASSERT_EQ(::send(master_.get(), bytes.data(), bytes.size(), 0), ssize_t(bytes.size()));
    }
    int exit_status() {
        int status = 0;
        for (int i = 0; ::waitpid(child_, &status, WNOHANG) == 0; ++i) {
            if (i == 1000)
                return -1;  // after ten seconds; the destructor kills it
            ::usleep(10'000);
        }
        child_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

    std::string folder_;
    base::Fd listener_, master_;
    pid_t child_ = -1;
};

TEST_F(ServiceTest, ServesUntilToldToDrainAndEndsWhatWasBegun) {
    start(serve);
    ASSERT_TRUE(hears_ready());
    base::Fd first = client();
    EXPECT_EQ(next(first), '+');
    order(Order::Kind::drain, 60s);
    EXPECT_TRUE(hears([](const Status& status) {
        return status.phase == Status::Phase::leaving && !status.available &&
               status.sessions == 1 && status.uses == 1;
    }));
    EXPECT_TRUE(refuses_clients());
    EXPECT_EQ(::write(first.get(), "x", 1), 1);
    EXPECT_EQ(next(first), 'x');
    first.reset();
    EXPECT_EQ(exit_status(), 0);
}

TEST_F(ServiceTest, StopsAcceptingAtItsShareOfTheSessions) {
    start(serve, "2");
    ASSERT_TRUE(hears_ready());
    base::Fd one = client(), two = client();
    EXPECT_EQ(next(one), '+');
    EXPECT_EQ(next(two), '+');
    EXPECT_TRUE(hears([](const Status& status) { return !status.available; }));
    base::Fd three = client();
    EXPECT_EQ(next(three, 100), '-');
    one.reset();
    EXPECT_EQ(next(three), '+');
}

TEST_F(ServiceTest, LeavesWhenMasterIsGone) {
    start(serve);
    ASSERT_TRUE(hears_ready());
    base::Fd open = client();
    EXPECT_EQ(next(open), '+');
    master_.reset();
    EXPECT_TRUE(refuses_clients());
    EXPECT_EQ(::write(open.get(), "x", 1), 1);
    EXPECT_EQ(next(open), 'x');
    open.reset();
    EXPECT_EQ(exit_status(), 0);
}

TEST_F(ServiceTest, CutsOffWhatDoesNotEndInTime) {
    start(serve);
    ASSERT_TRUE(hears_ready());
    base::Fd idle = client();
    EXPECT_EQ(next(idle), '+');
    order(Order::Kind::stop, 50ms);
    EXPECT_EQ(exit_status(), 0);
    EXPECT_EQ(next(idle), '-');
}

TEST_F(ServiceTest, TakesSigtermForAnOrderToStop) {
    start(serve);
    ASSERT_TRUE(hears_ready());
    ::kill(child_, SIGTERM);
    EXPECT_EQ(exit_status(), 0);
}

TEST_F(ServiceTest, SaysWhichReloadItHasFollowed) {
    start(reload);
    ASSERT_TRUE(hears_ready());
    std::ofstream(folder_ + "/main.cf", std::ios::app) << "myhostname = new.example.org\n";
    order(Order::Kind::reload, 0s, 7);
    EXPECT_TRUE(hears([](const Status& status) { return status.generation == 7; }));
}

TEST_F(ServiceTest, AFailureIsItsExitStatus) {
    start([](Service&) { return fail(); });
    EXPECT_EQ(exit_status(), 1);
}

}  // namespace
