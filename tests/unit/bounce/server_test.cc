// bounce at work for a qmgr of the test's own, on a disk in memory.
#include "bounce/server.h"

#include <atomic>

#include "lib/io/sleep.h"

#include "tests/unit/lib/spool/log_fixture.h"

namespace bounce {
namespace {

using spool_test::MemoryDisk;

// Counts the reports that are being written.
class CountingDisk : public MemoryDisk {
  public:
    std::unique_ptr<spool::File> open(const std::string& path, spool::OpenMode mode) override {
        auto file = MemoryDisk::open(path, mode);
        if (mode != spool::OpenMode::create || path.find("/content/") == path.npos)
            return file;
        most = std::max<int>(most, ++now);
        return std::make_unique<Counted>(std::move(file), now);
    }
    std::atomic<int> now = 0;
    std::atomic<int> most = 0;

  private:
    class Counted : public spool::File {
      public:
        Counted(std::unique_ptr<File> file, std::atomic<int>& count)
            : file_(std::move(file)), count_(count) {}
        ~Counted() override { --count_; }
        size_t pread(std::span<char> to, uint64_t at) override { return file_->pread(to, at); }
        void pwritev(std::span<const iovec> parts, uint64_t at) override {
            file_->pwritev(parts, at);
        }
        void fdatasync() override { file_->fdatasync(); }
        uint64_t size() override { return file_->size(); }
        bool lock_shared(spool::LockByte byte) override { return file_->lock_shared(byte); }
        bool lock_exclusive(spool::LockByte byte) override { return file_->lock_exclusive(byte); }
        void unlock(spool::LockByte byte) override { file_->unlock(byte); }
        bool linked() override { return file_->linked(); }

      private:
        std::unique_ptr<File> file_;
        std::atomic<int>& count_;
    };
};

config::Settings settings() {
    return config::Settings::from(config::MainCf::parse("myhostname = mx.example\n", "main.cf"),
                                  "/etc/postfix");
}

io::Task<void> put_message(spool::Writer& writer, size_t size, spool::RecordRef& ref) {
    std::string id = writer.next_id().text();
    std::string content = spool_test::content_for(id, size);
    mail::Envelope envelope = spool_test::envelope_for(id);
    spool::Draft draft = writer.draft();
    co_await draft.append(content);
    spool::Committed committed = co_await writer.commit(envelope, std::move(draft));
    ref = committed.ref;
}

io::Task<void> ask(ipc::Duplex& link, std::vector<ipc::BounceRequest> requests,
                   std::vector<ipc::BounceAnswer>& answers) {
    io::Scope sending;
    sending.spawn(link.send());
    for (const ipc::BounceRequest& request : requests)
        link.put(static_cast<uint8_t>(ipc::BounceFrame::request), request.encode());
    while (answers.size() < requests.size()) {
        std::optional<ipc::Frame> frame = co_await link.read();
        if (!frame)
            break;
        answers.push_back(ipc::BounceAnswer::decode(frame->payload));
    }
    sending.cancel();
    co_await sending.join();
}

class BounceServer : public testing::Test {
  protected:
    BounceServer() {
        options_ = spool_test::small_options();
        options_.queue_directory = ".";
        options_.inline_limit = 1000;  // so that mail and reports are written by a thread
        writer_ = std::make_unique<spool::Writer>(options_, disk_);
    }
    ~BounceServer() override { io::run_task(writer_->close()); }

    spool::RecordRef message(size_t size) {
        spool::RecordRef ref;
        io::run_task(put_message(*writer_, size, ref));
        return ref;
    }
    ipc::BounceRequest request(const spool::RecordRef& ref) {
        ipc::BounceRequest request;
        request.id = ++last_id_;
        request.message = ref;
        request.envelope = spool_test::envelope_for("3F2A11B2C4", 1);
        request.outcomes.resize(1);
        request.outcomes[0].dsn = {5, 1, 1};
        request.outcomes[0].reason = "no such user";
        return request;
    }
    std::vector<ipc::BounceAnswer> answers(std::vector<ipc::BounceRequest> requests) {
        auto [ours, its] = io::wire_pair(1 << 20);
        std::vector<ipc::BounceAnswer> answers;
        ipc::RingClient doorbell("/nonexistent", [] { return std::vector<ipc::Ring>(); });
        io::Scope scope;
        scope.spawn(server_.converse(std::move(its), *writer_, doorbell, disk_));
        {
            ipc::Duplex link(std::move(ours));
            io::run_task(ask(link, std::move(requests), answers));
        }
        io::run_task(join(scope));
        return answers;
    }
    static io::Task<void> join(io::Scope& scope) { co_await scope.join(); }
    static io::Task<void> flush(io::Stream& stream) { co_await stream.flush(); }
    // Some turns of the loop from now on, before any disk has done its part.
    static io::Task<void> cancel_soon(io::Scope& scope) {
        constexpr base::Duration at_once{0};
        for (int turn = 0; turn < 2; ++turn)
            co_await io::sleep(at_once);
        scope.cancel();
    }

    std::string report(const std::string& id) {
        for (const spool::SegmentInfo& info : spool::Pool(options_, disk_).segments()) {
            if (info.state == spool::SegmentState::free)
                continue;
            spool::Reader reader(options_, info.number, disk_);
            for (const spool::Published& published : writer_->published())
                reader.published(published.epoch, published.committed);
            while (auto record = reader.next())
                if (record->envelope.queue_id == id) {
                    auto content = spool::Content::open(disk_, ".", record->ref);
                    return spool_test::read_all(content);
                }
        }
        return "no report";
    }

    io::Loop loop_;
    CountingDisk disk_;
    spool::Options options_;
    std::unique_ptr<spool::Writer> writer_;
    dict::Tables tables_{settings()};
    Server server_{settings(), tables_};
    uint64_t last_id_ = 0;
};

TEST_F(BounceServer, ReturnsTheMessage) {
    auto got = answers({request(message(3000))});
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].error, "");
    EXPECT_NE(report(got[0].report).find(".line 10 of "), std::string::npos);
}

TEST_F(BounceServer, ReportsOnWhatCannotBeReadAnyMore) {
    spool::RecordRef lost = message(3000);
    for (const std::string& name : disk_.list("./content"))
        disk_.unlink("./content/" + name);
    auto got = answers({request(lost), request({77, {}, 40960, 0})});
    ASSERT_EQ(got.size(), 2u);
    for (const ipc::BounceAnswer& answer : got) {
        EXPECT_EQ(answer.error, "");
        std::string text = report(answer.report);
        EXPECT_NE(text.find("no such user"), std::string::npos) << text;
        EXPECT_NE(text.find("cannot be attached"), std::string::npos) << text;
    }
}

TEST_F(BounceServer, ReportsOnAQueueFileThatIsGone) {
    ipc::BounceRequest made = request({});
    made.message = ipc::FileRef{"deferred", "3F2A11B2C4"};
    auto got = answers({made});
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].error, "");
    EXPECT_NE(report(got[0].report).find("cannot be attached"), std::string::npos);
}

// qmgr never asks for that; a report to nobody would be one that nobody ends.
TEST_F(BounceServer, ThereMustBeSomebodyToReportTo) {
    ipc::BounceRequest made = request(message(100));
    made.envelope.sender.clear();
    auto got = answers({made, request(message(100))});
    ASSERT_EQ(got.size(), 2u);
    for (const ipc::BounceAnswer& answer : got) {
        bool nobody = answer.id == made.id;
        EXPECT_EQ(answer.error, nobody ? "there is nobody to report to" : "");
        EXPECT_EQ(answer.report.empty(), nobody);
    }
}

TEST_F(BounceServer, NonsenseEndsTheConnectionOnly) {
    ipc::BounceRequest odd = request(message(100));
    odd.outcomes.clear();  // a recipient without an outcome
    EXPECT_TRUE(answers({odd}).empty());
    auto got = answers({request(message(100))});
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].error, "");
}

// qmgr has gone, and a report is still being written when this process has to end.
TEST_F(BounceServer, EndsWholeWhileAReportIsWritten) {
    ipc::BounceRequest made = request(message(3000));
    auto [ours, its] = io::wire_pair(1 << 20);
    {
        io::Stream stream(std::move(ours));
        ipc::put_frame(stream, static_cast<uint8_t>(ipc::BounceFrame::request), made.encode());
        io::run_task(flush(stream));
    }
    ipc::RingClient doorbell("/nonexistent", [] { return std::vector<ipc::Ring>(); });
    io::Scope scope;
    scope.spawn(server_.converse(std::move(its), *writer_, doorbell, disk_));
    scope.spawn(cancel_soon(scope));
    io::run_task(join(scope));
    EXPECT_EQ(scope.running(), 0u);
}

TEST_F(BounceServer, WorksOnSomeAtATime) {
    std::vector<ipc::BounceRequest> requests;
    spool::RecordRef ref = message(3000);
    for (int i = 0; i < 300; ++i)
        requests.push_back(request(ref));
    auto got = answers(requests);
    ASSERT_EQ(got.size(), 300u);
    for (const ipc::BounceAnswer& answer : got)
        EXPECT_EQ(answer.error, "");
    EXPECT_GT(disk_.most, 1);
    EXPECT_LE(disk_.most, 64);
}

}  // namespace
}  // namespace bounce
