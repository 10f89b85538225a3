#include "lib/base/log.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>

#include "lib/base/fd.h"
#include "lib/base/text.h"

namespace {

using namespace base;

class Log : public testing::Test {
  protected:
    Log() {
        char name[] = "/tmp/log_test.XXXXXX";
        folder_ = ::mkdtemp(name);
        options_.program = "test";
        options_.postlog_socket = folder_ + "/postlog";
    }
    ~Log() override {
        log::Options quiet;
        quiet.only_stderr = true;
        log::flush();
        log::open(quiet);
        ::unlink((folder_ + "/postlog").c_str());
        ::unlink((folder_ + "/file").c_str());
        ::rmdir(folder_.c_str());
    }

    Fd receiver() {
        ::unlink(options_.postlog_socket.c_str());
        Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        std::strcpy(name.sun_path, options_.postlog_socket.c_str());
        EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
        return fd;
    }
    static std::string received(const Fd& fd) {
        std::string bytes(1 << 16, '\0');
        ssize_t n = ::recv(fd.get(), bytes.data(), bytes.size(), 0);
        return n < 0 ? "nothing" : bytes.substr(0, static_cast<size_t>(n));
    }

    std::string folder_;
    log::Options options_;
};

TEST_F(Log, LinesOfATurnGoInOneDatagram) {
    Fd fd = receiver();
    log::open(options_);
    log::info("one");
    log::warning("two");
    log::info_as("cleanup", "three");
    EXPECT_EQ(received(fd), "nothing");
    log::flush();
    std::string pid = text("[", ::getpid(), "]: ");
    EXPECT_EQ(received(fd), text("postfix/test", pid, "one\npostfix/test", pid,
                                 "warning: two\npostfix/cleanup", pid, "three\n"));
}

TEST_F(Log, WaitsForAReceiverThatIsAway) {
    log::open(options_);
    log::info("early");
    log::flush();
    Fd fd = receiver();
    log::drain(std::chrono::seconds(2));
    EXPECT_NE(received(fd).find("early"), std::string::npos);
    fd.reset();
    fd = receiver();  // another one, as after a restart of postlogd
    log::info("late");
    log::drain(std::chrono::seconds(2));
    EXPECT_NE(received(fd).find("late"), std::string::npos);
}

TEST_F(Log, CountsWhatDoesNotFitAndSaysSo) {
    options_.ring_bytes = 1000;
    log::open(options_);
    uint64_t before = log::dropped();
    for (int i = 0; i < 100; ++i)
        log::info("a line that is about fifty bytes long, tag included");
    uint64_t lost = log::dropped() - before;
    EXPECT_GT(lost, 50u);
    EXPECT_LT(lost, 100u);
    Fd fd = receiver();
    log::drain(std::chrono::seconds(2));
    received(fd);
    EXPECT_NE(received(fd).find(text("warning: ", lost, " log lines dropped")), std::string::npos);
}

TEST_F(Log, AnEndlessLineIsCut) {
    Fd fd = receiver();
    log::open(options_);
    log::info(std::string(1 << 20, 'x'));
    log::flush();
    EXPECT_LT(received(fd).size(), log::line_bytes + 100);
}

TEST_F(Log, ACommandWritesTheFileItselfWhileNobodyListens) {
    options_.file_when_absent = folder_ + "/file";
    log::open(options_);
    log::info("starting");
    log::flush();
    std::stringstream written;
    written << std::ifstream(options_.file_when_absent).rdbuf();
    EXPECT_NE(written.str().find(text(" postfix/test[", ::getpid(), "]: starting\n")),
              std::string::npos);
}

}  // namespace
