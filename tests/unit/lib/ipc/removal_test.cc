// Removal while no mail system runs: from the log and from the folders.
#include "lib/ipc/removal.h"

#include "lib/io/run.h"
#include "lib/spool/log_scan.h"
#include "lib/spool/writer.h"
#include "tests/unit/lib/spool/scratch_queue.h"

namespace {

using namespace spool_test;
using Ids = std::vector<std::string>;

io::Task<void> commit(spool::Writer& writer, const std::string& id) {
    mail::Envelope envelope;
    envelope.queue_id = id;
    envelope.recipients = {{"a@b.example", "", 0, ""}, {"c@d.example", "", 0, ""}};
    spool::Draft draft = writer.draft();
    co_await draft.append("Subject: y\r\n\r\nlog\r\n");
    co_await writer.commit(envelope, std::move(draft));
}

class RemovalTest : public testing::Test {
  protected:
    RemovalTest() {
        const std::string& root = scratch_.folders.root;
        std::filesystem::create_directory(root + "/log");
        std::filesystem::create_directory(root + "/content");
        std::filesystem::create_directories(root + "/deferred/B");
        put_file(root + "/deferred/B/BBBB1", "x");
        put_file(root + "/hold/BBBB2", "x");
        put_file(root + "/maildrop/BBBB3", "x");
        spool::Options options;
        options.queue_directory = root;
        options.segment_size = 256 << 10;
        options.pool_min = 0;
        spool::Writer writer(options);
        for (const char* id : {"AAAA1", "AAAA2"})
            io::run_task(commit(writer, id));
        io::run_task(writer.close());
    }
    size_t owed_in_log() {
        size_t owed = 0;
        spool::LogScan scan(scratch_.folders.root);
        while (auto message = scan.next())
            owed += message->owed(0) + message->owed(1);
        return owed;
    }
    bool in_queue(const char* queue, const char* id) {
        return scratch_.folders.find(queue, id).has_value();
    }

    ScratchQueue scratch_;
    io::Loop loop_;
    std::set<std::string> usual_ = {"hold", "incoming", "active", "deferred"};
};

TEST_F(RemovalTest, RemovesById) {
    ipc::Removal removal(scratch_.folders, usual_);
    EXPECT_EQ(removal.remove({"AAAA1", "BBBB1", "BBBB3", "CCCC1"}), (Ids{"AAAA1", "BBBB1"}));
    EXPECT_EQ(owed_in_log(), 2u);
    EXPECT_FALSE(in_queue("deferred", "BBBB1"));
    EXPECT_TRUE(in_queue("hold", "BBBB2"));
    EXPECT_TRUE(in_queue("maildrop", "BBBB3"));
    EXPECT_EQ(removal.remove({"AAAA1", "BBBB1"}), Ids{});
}

TEST_F(RemovalTest, RemovesAllOfTheQueuesNamed) {
    EXPECT_EQ(ipc::Removal(scratch_.folders, {"hold"}).remove_all(), (Ids{"BBBB2"}));
    EXPECT_EQ(owed_in_log(), 4u);
    EXPECT_EQ(ipc::Removal(scratch_.folders, usual_).remove_all(),
              (Ids{"AAAA1", "AAAA2", "BBBB1"}));
    EXPECT_EQ(owed_in_log(), 0u);
    EXPECT_TRUE(in_queue("maildrop", "BBBB3"));
}

}  // namespace
