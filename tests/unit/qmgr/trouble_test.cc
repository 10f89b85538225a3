// A disk that fails or is full, and agents that come and go at once: qmgr goes on afterwards.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "lib/ipc/agent_mark.h"
#include "tests/unit/qmgr/instance.h"

namespace qmgr {
namespace {

using namespace std::chrono_literals;

class QmgrTrouble : public Instance {};

TEST_F(QmgrTrouble, ReadsOnOnceASegmentCanBeReadAgain) {
    start();
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    disk_.failing = EIO;
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return logged("cannot be read now: read") > 0; }));
    EXPECT_EQ(agent_->requests.size(), 1u);
    disk_.failing = 0;
    ASSERT_TRUE(until([this] { return logged(": removed") == 2; }));
}

TEST_F(QmgrTrouble, TriesWhatADeadAgentHadOnceItsMarksCanBeRead) {
    start();
    agent_->mute = true;
    send("a@example.org", {"x@example.com", "y@example.com"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 1; }));
    ipc::DeliveryRequest half = agent_->requests[0];
    half.recipients.resize(1);
    agent_->mark_delivered(half);
    agent_->mute = false;
    disk_.failing = EIO;
    agent_->die();
    run_for(1300ms);
    EXPECT_EQ(agent_->requests.size(), 1u);
    disk_.failing = 0;
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    ASSERT_EQ(agent_->requests.size(), 2u);
    ASSERT_EQ(agent_->requests[1].recipients.size(), 1u);
    EXPECT_EQ(agent_->requests[1].recipients[0].address, "y@example.com");
}

TEST_F(QmgrTrouble, TakesOverASegmentOnceItCanBeRead) {
    start();
    disk_.failing = EIO;
    send("a@example.org", {"x@example.com"});
    writer_.reset();
    run_for(1300ms);
    EXPECT_TRUE(agent_->requests.empty());
    disk_.failing = 0;
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
}

TEST_F(QmgrTrouble, KnowsWhatWasDeliveredWhereTheAgentCouldNotMarkIt) {
    start();
    agent_->marks = false;
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    kill();
    start();
    run_for(100ms);
    EXPECT_EQ(agent_->requests.size(), 1u);
}

TEST_F(QmgrTrouble, MarksInFilesWhatTheAgentCouldNotMark) {
    start("smtp_destination_recipient_limit = 1\n");
    agent_->script = all(mail::Status::deferred, "later");
    send("a@example.org", {"x@example.com", "y@example.com"});
    ASSERT_TRUE(until([this] { return files("deferred") == 1 && empty(); }));
    size_t before = agent_->requests.size();
    agent_->mute = true;
    manager_->trigger('F');
    ASSERT_TRUE(until([&] { return agent_->requests.size() == before + 2; }));
    auto delivered = all(mail::Status::sent)(agent_->requests[before]);
    delivered.id = agent_->requests[before].id;
    agent_->report(delivered);
    ASSERT_TRUE(until([this] {
        for (auto& entry : std::filesystem::recursive_directory_iterator(folder_ + "/deferred"))
            if (entry.is_regular_file())
                return spool::load_queue_file(entry.path()).pending() == 1;
        return false;
    }));
}

TEST_F(QmgrTrouble, WaitsBeforeItTurnsToAnAgentThatSaidNothing) {
    start();
    agent_->silent = true;
    send("a@example.org", {"x@example.com"});
    run_for(1500ms);
    EXPECT_EQ(agent_->connections, 2);
    agent_->silent = false;
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
}

// The connection ended, and the agent goes on with what it was asked for.
class QmgrLivingAgent : public QmgrTrouble {
  protected:
    QmgrLivingAgent() : mark_(folder_) {
        mark_.set();
        agent_->pid = ::getpid();
        agent_->mute = true;
    }
    // It had both messages when the connection ended, and still has the first.
    void lose_connection() {
        start();
        send("a@example.org", {"x@example.com"});
        send("a@example.org", {"y@example.com"});
        ASSERT_TRUE(until([this] { return agent_->requests.size() == 2; }));
        first_ = agent_->requests[0];
        agent_->unreported.push_back({first_.id, first_.queue_id, first_.message, {0}});
        agent_->die();
    }
    ipc::AgentMark mark_;
    ipc::DeliveryRequest first_;
};

TEST_F(QmgrLivingAgent, IsHeardBeforeAnythingOfItsIsTriedAgain) {
    lose_connection();
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 3; }));
    EXPECT_EQ(agent_->requests[2].recipients[0].address, "y@example.com");
    run_for(1200ms);
    EXPECT_EQ(agent_->requests.size(), 3u);
    for (const ipc::DeliveryRequest& request : {first_, agent_->requests[2]}) {
        ipc::DeliveryReport report = all(mail::Status::sent)(request);
        report.id = request.id;
        agent_->report(report);
    }
    ASSERT_TRUE(until([this] { return logged(": removed") == 2; }));
    EXPECT_EQ(agent_->requests.size(), 3u);
}

TEST_F(QmgrLivingAgent, IsNotWaitedForOnceItHasNothing) {
    lose_connection();
    agent_->silent = true;  // before it connects again
    run_for(1300ms);
    EXPECT_EQ(agent_->requests.size(), 2u);
    mark_.clear();
    agent_->silent = false;
    agent_->mute = false;
    agent_->unreported.clear();
    ASSERT_TRUE(until([this] { return logged(": removed") == 2; }));
    EXPECT_EQ(agent_->requests.size(), 4u);
}

TEST_F(QmgrTrouble, MovesNothingForAWhileWhereThereIsNoSpace) {
    start("qmgr_message_active_limit = 2\nspool_age_limit = 1h\n");
    agent_->script = all(mail::Status::deferred, "later");
    std::string id = send("a@example.org", {"x@example.com"});
    run_for(50ms);
    EXPECT_EQ(files("deferred"), 0u);
    agent_->mute = true;
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 2; }));
    disk_.failing = ENOSPC;  // memory is full, and the first could be moved
    run_for(3200ms);
    EXPECT_EQ(logged("warning: " + id + ": "), 1u);
    disk_.failing = 0;
}

TEST_F(QmgrTrouble, RemovesContentFilesThatNoRecordNames) {
    std::string large(200000, 'x');
    for (size_t at = 998; at < large.size(); at += 1000)
        large.replace(at, 2, "\r\n");
    agent_->mute = true;
    send("a@example.org", {"x@example.com"}, large + "\r\n");
    ASSERT_EQ(files("content"), 1u);
    std::ofstream(folder_ + "/content/0123456789ABCDEF") << "half a mess";
    start();
    ASSERT_TRUE(until([this] {
        ring();
        return logged("removed 1 content files") == 1;
    }));
    EXPECT_EQ(files("content"), 1u);
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/content/0123456789ABCDEF"));
}

}  // namespace
}  // namespace qmgr
