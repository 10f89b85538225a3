// Mail of local users: the file it came from, and what goes back to its sender.
#include <filesystem>
#include <fstream>

#include "lib/spool/notes.h"
#include "lib/spool/pool.h"
#include "lib/spool/posted_file.h"
#include "tests/unit/qmgr/instance.h"

namespace qmgr {
namespace {

using namespace std::chrono_literals;

class QmgrPosted : public Instance {
  protected:
    std::string put_file(const std::string& id) {
        std::string path = folder_ + "/maildrop/" + id;
        std::ofstream(path) << "what pickup had taken";
        return path;
    }
    std::string send_posted(std::string_view note, const std::string& text,
                            const std::string& sender = "a@example.org") {
        mail::Envelope envelope;
        envelope.sender = sender;
        envelope.arrival = base::wall_now();
        envelope.recipients.push_back({"x@example.com", "", 0, ""});
        envelope.recipients.push_back({"y@example.com", "", 0, ""});
        envelope.more[std::string(note)] = text;
        return send(std::move(envelope), "text\r\n");
    }
    // What names the file is known until nobody can ask about it any more.
    std::string left_behind() {
        std::string path = put_file("0A0001");
        send_posted(spool::note::posted_file, spool::posted_file_mark(folder_, path));
        return path;
    }
};

TEST_F(QmgrPosted, TheFileGoesBeforeTheRecordThatNamesIt) {
    start();
    std::string path = left_behind();
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    run_for(1200ms);
    EXPECT_TRUE(std::filesystem::exists(path)) << "pickup lives";
    writer_.reset();
    EXPECT_TRUE(until([&] { return !std::filesystem::exists(path); }));
}

TEST_F(QmgrPosted, TheFileGoesAlsoWhereAnotherQueueManagerSawTheMessage) {
    start();
    std::string path = left_behind();
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    kill();
    writer_.reset();
    rings_ = false;
    start();
    EXPECT_TRUE(until([&] { return !std::filesystem::exists(path); }));
}

TEST_F(QmgrPosted, AnotherFileOfItsNameStays) {
    start();
    std::string path = left_behind();
    std::filesystem::last_write_time(path, std::filesystem::file_time_type{});
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    writer_.reset();
    ASSERT_TRUE(until([this] {
        bool free = true;
        for (const spool::SegmentInfo& info :
             spool::Pool(spool::Options{.queue_directory = folder_}).segments())
            free = free &&
                   (info.state == spool::SegmentState::free || info.kind == spool::Kind::journal);
        return free;
    }));
    EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(QmgrPosted, WhatNobodyMayGetGoesBackToItsSender) {
    start();
    std::string id = send_posted(spool::note::refused, "5.4.0 too many hops");
    ASSERT_TRUE(until([&] { return logged(id + ": removed") == 1; }));
    ASSERT_EQ(bounce_requests_.size(), 1u);
    ASSERT_EQ(bounce_requests_[0].outcomes.size(), 2u);
    EXPECT_EQ(bounce_requests_[0].outcomes[1].dsn.text(), "5.4.0");
    EXPECT_EQ(bounce_requests_[0].outcomes[1].reason, "too many hops");
    EXPECT_EQ(logged("dsn=5.4.0, status=bounced (too many hops)"), 2u);
    EXPECT_EQ(logged("/cleanup["), 2u);
    EXPECT_EQ(logged(id + ": from=<a@example.org>"), 0u);
}

TEST_F(QmgrPosted, WhatNobodyMayGetOfNobodyIsDropped) {
    start();
    std::string id = send_posted(spool::note::refused, "5.4.0 too many hops", "");
    ASSERT_TRUE(until([&] { return logged(id + ": removed") == 1; }));
    EXPECT_TRUE(bounce_requests_.empty());
    EXPECT_TRUE(agent_->requests.empty());
}

TEST_F(QmgrPosted, WhatNobodyMayGetIsNotTriedFromAFileEither) {
    start("soft_bounce = yes\n");
    send_posted(spool::note::refused, "5.4.0 too many hops");
    ASSERT_TRUE(until([this] { return files("deferred") == 1 && empty(); }));
    manager_->trigger('F');
    manager_->trigger('D');
    ASSERT_TRUE(until([this] { return logged("status=SOFTBOUNCE (too many hops)") == 4; }));
    EXPECT_TRUE(agent_->requests.empty());
}

}  // namespace
}  // namespace qmgr
