#include "lib/ipc/ring.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "lib/base/error.h"
#include "lib/io/listen.h"
#include "lib/io/listener.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"
#include "lib/ipc/agent_mark.h"
#include "lib/ipc/control.h"

namespace ipc {
namespace {

using namespace std::chrono_literals;

class Folder {
  public:
    Folder() {
        char name[] = "/tmp/ipc-test-XXXXXX";
        path_ = ::mkdtemp(name);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string operator/(const char* name) const { return path_ + "/" + name; }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

// What one qmgr hears until it hangs up.
struct Heard {
    std::vector<std::vector<Ring>> frames;
    char preamble = 'x';
};

io::Task<void> hear(io::Listener& door, Heard& heard, bool ask) {
    std::optional<io::Accepted> client = co_await door.accept();
    io::Stream stream(io::descriptor_wire(std::move(client->fd)));
    std::string_view first = co_await stream.exactly(1);
    heard.preamble = first[0];
    for (;;) {
        std::optional<Frame> frame = co_await read_frame(stream);
        if (!frame)
            co_return;
        heard.frames.push_back(decode_rings(frame->payload));
        if (std::exchange(ask, false))
            put_frame(stream, static_cast<uint8_t>(RingFrame::ask), "");
    }
}

class RingTest : public testing::Test {
  protected:
    void settle() {
        for (int i = 0; i < 20; ++i)
            loop_.run_until_idle();
    }

    Folder folder_;
    io::ManualClock clock_;
    io::Loop loop_{clock_};
    std::vector<Ring> published_{{1, {}, 4096}, {2, {}, 8192}};
    RingClient client_{folder_ / "qmgr", [this] { return published_; }};
    io::Scope scope_;

    void TearDown() override {
        scope_.cancel();
        settle();
    }
};

TEST_F(RingTest, TellsAllAtFirstThenWhatMovedThenAllWhenAsked) {
    io::Listener door(io::listen_unix(folder_ / "qmgr", 0600));
    Heard heard;
    scope_.spawn(client_.run());
    scope_.spawn(hear(door, heard, false));
    settle();
    EXPECT_EQ(heard.preamble, framed_preamble);
    ASSERT_EQ(heard.frames.size(), 1u);
    EXPECT_EQ(heard.frames[0], published_);

    published_[1].committed = 12288;
    client_.ring();
    client_.ring();
    settle();
    ASSERT_EQ(heard.frames.size(), 2u);
    EXPECT_EQ(heard.frames[1], std::vector<Ring>{published_[1]});

    client_.ring();  // nothing moved: nothing is said
    settle();
    EXPECT_EQ(heard.frames.size(), 2u);
}

TEST_F(RingTest, SpeaksAtFirstWithNothingToTellToo) {
    published_.clear();
    io::Listener door(io::listen_unix(folder_ / "qmgr", 0600));
    Heard heard;
    scope_.spawn(client_.run());
    scope_.spawn(hear(door, heard, true));
    settle();
    ASSERT_EQ(heard.frames.size(), 2u);
    EXPECT_TRUE(heard.frames[1].empty());
}

TEST_F(RingTest, AnswersAnAskWithEverything) {
    io::Listener door(io::listen_unix(folder_ / "qmgr", 0600));
    Heard heard;
    scope_.spawn(client_.run());
    scope_.spawn(hear(door, heard, true));
    settle();
    ASSERT_EQ(heard.frames.size(), 2u);
    EXPECT_EQ(heard.frames[1], published_);
}

TEST_F(RingTest, ComesBackEverySecondWhenThereIsNoQmgr) {
    scope_.spawn(client_.run());
    settle();
    client_.ring();
    settle();
    io::Listener door(io::listen_unix(folder_ / "qmgr", 0600));
    Heard heard;
    scope_.spawn(hear(door, heard, false));
    settle();
    EXPECT_TRUE(heard.frames.empty());
    clock_.advance(1s);
    settle();
    ASSERT_EQ(heard.frames.size(), 1u);
    EXPECT_EQ(heard.frames[0], published_);
}

TEST(IpcAgentMark, ShowsMarkedAgentsUntilTheyClearItOrEnd) {
    Folder folder;
    EXPECT_TRUE(marked_agents(folder.path()).empty());
    std::filesystem::create_directory(folder / "log");
    {
        AgentMark mark(folder.path());
        EXPECT_TRUE(marked_agents(folder.path()).empty());
        mark.set();
        EXPECT_EQ(marked_agents(folder.path()), std::vector<pid_t>{::getpid()});
        mark.clear();
        EXPECT_TRUE(marked_agents(folder.path()).empty());
        mark.set();
    }
    EXPECT_TRUE(marked_agents(folder.path()).empty());
}

TEST(IpcAgentMark, ShowsEveryAgentWhicheverWasMarkedFirst) {
    Folder folder;
    std::filesystem::create_directory(folder / "log");
    AgentMark mark(folder.path());
    // As other agents set theirs.
    std::vector<base::Fd> others;
    std::vector<pid_t> expected;
    for (pid_t above : {7, 1, 3}) {
        others.emplace_back(::open((folder / "log/agents").c_str(), O_RDWR | O_CLOEXEC));
        struct flock range {};
        range.l_type = F_RDLCK;
        range.l_whence = SEEK_SET;
        range.l_start = ::getpid() + above;
        range.l_len = 1;
        ASSERT_EQ(::fcntl(others.back().get(), F_OFD_SETLK, &range), 0);
    }
    mark.set();
    for (pid_t above : {0, 1, 3, 7})
        expected.push_back(::getpid() + above);
    EXPECT_EQ(marked_agents(folder.path()), expected);
}

io::Task<void> answer_one(io::Listener& door, io::Loop& loop) {
    std::optional<io::Accepted> client = co_await door.accept();
    io::Stream stream(io::descriptor_wire(std::move(client->fd)));
    co_await stream.exactly(1);
    std::optional<Frame> frame = co_await read_frame(stream);
    ControlRequest request = ControlRequest::decode(frame->payload);
    put_frame(stream, static_cast<uint8_t>(RingFrame::ask), "");
    ControlAnswer answer{{{request.queue_ids.at(0), false, {}, {}}}};
    put_frame(stream, static_cast<uint8_t>(ControlFrame::answer), answer.encode());
    co_await stream.flush();
    loop.stop();
}

TEST(IpcAskQmgr, GivesTheAnswerOrSaysWhyThereIsNone) {
    Folder folder;
    std::string socket = folder / "qmgr";
    ControlRequest request{ControlVerb::remove, {"3F2A11B2C4"}};
    EXPECT_THROW(ask_qmgr(socket, request, 1s), base::SystemError);
    base::Fd listening = io::listen_unix(socket, 0600);
    EXPECT_THROW(ask_qmgr(socket, request, 10ms), base::SystemError);

    std::thread server([&listening] {
        io::Loop loop;
        io::Listener door(base::Fd(::dup(listening.get())));
        {
            // The one that gave up is still in the queue.
            base::Fd gone(::accept(listening.get(), nullptr, nullptr));
        }
        io::Scope scope;
        scope.spawn(answer_one(door, loop));
        loop.run();
    });
    ControlAnswer answer = ask_qmgr(socket, request, 10s);
    server.join();
    ASSERT_EQ(answer.entries.size(), 1u);
    EXPECT_EQ(answer.entries[0].queue_id, "3F2A11B2C4");
}

}  // namespace
}  // namespace ipc
