// pickup: what is taken from maildrop/, what is not, and that nothing is taken twice.
#include "pickup/server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "lib/base/text.h"
#include "lib/dict/tables.h"
#include "lib/io/run.h"
#include "lib/io/sleep.h"
#include "lib/spool/content.h"
#include "lib/spool/log_scan.h"
#include "lib/spool/notes.h"
#include "lib/spool/posted_file.h"
#include "lib/spool/queue_record.h"

namespace pickup {
namespace {

using namespace std::chrono_literals;

// A record of one letter and its data: "Sme@example.com".
std::string records(const std::vector<std::string>& list) {
    std::string out;
    for (const std::string& each : list)
        spool::append_record(out, each[0], std::string_view(each).substr(1));
    return out;
}

std::string mail_to(const std::string& recipient,
                    const std::vector<std::string>& lines = {"NSubject: x", "N", "Ntext"}) {
    std::vector<std::string> list{"T1700000000 0", "Ssender@example.com", "R" + recipient, "M"};
    list.insert(list.end(), lines.begin(), lines.end());
    list.insert(list.end(), {"X", "E"});
    return records(list);
}

io::Task<void> commit_empty(spool::Writer& writer, mail::Envelope envelope) {
    spool::Draft draft = writer.draft();
    co_await draft.append("Subject: earlier\r\n\r\nsome content\r\n");
    co_await writer.commit(envelope, std::move(draft));
}

io::Task<void> pass(base::Duration time) {
    co_await io::sleep(time);
}

class PickupServer : public testing::Test {
  protected:
    PickupServer() {
        char name[] = "/tmp/pickup-test-XXXXXX";
        root_ = ::mkdtemp(name);
        for (const char* queue : {"log", "content", "maildrop", "corrupt", "public", "pid"})
            std::filesystem::create_directory(root_ + "/" + queue);
        auto settings = config::Settings::from(
            config::MainCf::parse(base::text("queue_directory = ", root_,
                                             "\nmyhostname = mx.example\nhopcount_limit = 3\n"
                                             "inet_interfaces = 127.0.0.1\nalias_maps =\n"
                                             "spool_segment_size = 1M\nspool_pool_min = 1\n"),
                                  "main.cf"),
            root_);
        tables_ = std::make_unique<dict::Tables>(settings);
        server_ = std::make_unique<Server>(settings, *tables_, root_);
        options_ = spool::Options::from(settings, root_);
        writer_ = std::make_unique<spool::Writer>(options_);
        round_.committed = [this] { ++committed_; };
        round_.stop = [this] { return stop_; };
    }
    ~PickupServer() override {
        writer_.reset();
        std::filesystem::remove_all(root_);
    }

    std::string put(const std::string& id, const std::string& bytes, mode_t mode = 0744) {
        std::string path = root_ + "/maildrop/" + id;
        std::ofstream(path, std::ios::binary) << bytes;
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        return path;
    }
    void collect() { io::run_task(server_->collect(*writer_, round_)); }
    size_t left(const std::string& queue = "maildrop") const {
        return static_cast<size_t>(
            std::distance(std::filesystem::directory_iterator(root_ + "/" + queue), {}));
    }
    std::vector<spool::LoggedMessage> logged() const {
        std::vector<spool::LoggedMessage> all;
        spool::LogScan scan(root_);
        while (auto message = scan.next())
            all.push_back(std::move(*message));
        return all;
    }
    std::string content(const spool::LoggedMessage& message) const {
        auto open = spool::Content::open(spool::real_disk(), root_, message.ref);
        std::string bytes(open.size(), '\0');
        open.read(bytes, 0);
        return bytes;
    }
    // What a pickup leaves that died between the commit and the removal of the file.
    void die_with(const std::string& mark) {
        mail::Envelope envelope;
        envelope.queue_id = writer_->next_id().text();
        envelope.recipients.push_back({"a@example.net", "", 0, ""});
        envelope.more[std::string(spool::note::posted_file)] = mark;
        io::run_task(commit_empty(*writer_, envelope));
        writer_ = std::make_unique<spool::Writer>(options_);
    }

    io::Loop loop_;
    std::string root_;
    std::unique_ptr<dict::Tables> tables_;
    std::unique_ptr<Server> server_;
    spool::Options options_;
    std::unique_ptr<spool::Writer> writer_;
    Server::Round round_;
    int committed_ = 0;
    bool stop_ = false;
};

TEST_F(PickupServer, TakesAMessageAsItsUserMayHaveIt) {
    put("0A1B2C", records({"T1700000000 5", "Aenvelope_id=x+y", "Aret_flags=2",
                           "Arewrite_context=local", "FFull Name", "Ssender", "Aencoding=8bit",
                           "Aclient_name=forged.example", "Anotify_flags=1", "Rbare",
                           "Rodd name@example.net", "M", "NSubject: x", "N", "N.dot", "X", "E"}));
    collect();
    EXPECT_EQ(left(), 0u);
    EXPECT_EQ(committed_, 1);
    auto all = logged();
    ASSERT_EQ(all.size(), 1u);
    const mail::Envelope& envelope = all[0].envelope;
    EXPECT_EQ(envelope.sender, "sender@mx.example");
    EXPECT_EQ(envelope.dsn_envid, "x+2By");
    EXPECT_EQ(envelope.dsn_ret, "HDRS");
    EXPECT_EQ(envelope.client_name, "");
    EXPECT_EQ(envelope.encoding, mail::Encoding::eight_bit);
    ASSERT_EQ(envelope.recipients.size(), 2u);
    EXPECT_EQ(envelope.recipients[0].address, "bare@mx.example");
    EXPECT_EQ(envelope.recipients[0].notify, mail::notify_never);
    EXPECT_EQ(envelope.recipients[1].address, "\"odd name\"@example.net");
    std::string text = content(all[0]);
    EXPECT_NE(text.find("from userid "), text.npos) << text;
    EXPECT_NE(text.find("\r\nFrom: Full Name <sender@mx.example>\r\n"), text.npos) << text;
    EXPECT_TRUE(text.ends_with("\r\n\r\n.dot\r\n")) << text;
}

// The weaker wish is one of the header, which may not be heeded here.
TEST_F(PickupServer, TakesADemandForTls) {
    struct Row {
        const char* bits;
        const char* header;
        mail::TlsWish wish;
    };
    using enum mail::TlsWish;
    const Row rows[] = {
        {"32", "Subject: x", required},           {"48", "Subject: x", required},
        {"16", "Subject: x", as_configured},      {"9", "Subject: x", as_configured},
        {"32", "TLS-Required: no", required},     {"0", "TLS-Required: no", optional},
        {"", "Require-TLS-ESMTP: yes", required}, {"x", "Subject: x", as_configured},
    };
    int number = 0;
    for (const Row& row : rows)
        put(base::text("0E000", number++),
            records({"T1700000000 0", base::text("Asendopts=", row.bits), "Ss@example.com",
                     "Ra@example.net", "M", base::text("N", row.header), "N", "X", "E"}));
    collect();
    auto all = logged();
    ASSERT_EQ(all.size(), std::size(rows));
    std::map<std::string, int> found, expected;
    for (const spool::LoggedMessage& message : all) {
        bool kept = content(message).find("\r\nRequire-TLS-ESMTP: yes\r\n") != std::string::npos;
        EXPECT_EQ(kept, message.envelope.tls_wish == required);
        EXPECT_EQ(message.envelope.note("sendopts"), "");
        ++found[base::text(static_cast<int>(message.envelope.tls_wish))];
    }
    for (const Row& row : rows)
        ++expected[base::text(static_cast<int>(row.wish))];
    EXPECT_EQ(found, expected);
}

TEST_F(PickupServer, LeavesWhatIsNotItsToTake) {
    put("0A0001", mail_to("a@example.net"), 0644);  // not whole yet
    put("0A0002.tmp", mail_to("a@example.net"));    // no queue ID
    std::string twice = put("0A0003", mail_to("a@example.net"));
    EXPECT_EQ(::link(twice.c_str(), (root_ + "/maildrop/0A0004").c_str()), 0);
    EXPECT_EQ(::symlink("/etc/passwd", (root_ + "/maildrop/0A0005").c_str()), 0);
    EXPECT_EQ(::mkfifo((root_ + "/maildrop/0A0006").c_str(), 0777), 0);
    collect();
    EXPECT_EQ(left(), 6u);
    EXPECT_TRUE(logged().empty());
}

TEST_F(PickupServer, PutsAsideWhatIsNoMessage) {
    const char* id[] = {"0B0001", "0B0002", "0B0003", "0B0004"};
    put(id[0], "garbage");
    put(id[1], mail_to("a@example.net").substr(0, 60));
    put(id[2], records({"T1700000000 0", "Ss@example.com", "M", "Nx", "X", "E"}));  // for nobody
    put(id[3], records({"T1700000000 0", "Ra@example.net", "M", "Nx", "X", "E"}));  // from nobody
    put("0B0005", mail_to("a@example.net"));
    collect();
    EXPECT_EQ(left(), 0u);
    EXPECT_EQ(left("corrupt"), 4u);
    EXPECT_EQ(logged().size(), 1u);
}

TEST_F(PickupServer, ReturnsALoopToItsSender) {
    put("0C0001", mail_to("a@example.net", {"NReceived: 1", "NReceived: 2", "NReceived: 3", "N"}));
    collect();
    EXPECT_EQ(left() + left("corrupt"), 0u);
    auto all = logged();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].envelope.more.at(std::string(spool::note::refused)), "5.4.0 too many hops");
}

TEST_F(PickupServer, RemovesWhatAnEarlierPickupHadCommitted) {
    std::string path = put("0D0001", mail_to("a@example.net"));
    put("0D0002", mail_to("b@example.net"));
    die_with(spool::posted_file_mark(root_, path));
    collect();
    EXPECT_EQ(left(), 0u);
    EXPECT_EQ(committed_, 1);
    EXPECT_EQ(logged().size(), 2u);
}

TEST_F(PickupServer, TakesAnotherFileOfTheSameName) {
    std::string path = put("0D0001", mail_to("a@example.net"));
    die_with(spool::posted_file_mark(root_, path));
    const timespec times[2] = {{1, 0}, {1, 0}};
    EXPECT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    collect();
    EXPECT_EQ(left(), 0u);
    EXPECT_EQ(committed_, 1);
}

// The record is no promise: nobody delivers what is not whole.
TEST_F(PickupServer, TakesWhatAnEarlierPickupDiedOver) {
    std::string path = put("0D0001", mail_to("a@example.net"));
    die_with(spool::posted_file_mark(root_, path));
    auto torn = logged();
    ASSERT_EQ(torn.size(), 1u);
    for (auto& entry : std::filesystem::directory_iterator(root_ + "/log")) {
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        std::string bytes((std::istreambuf_iterator<char>(file)), {});
        if (size_t at = bytes.find("some content"); at != bytes.npos) {
            file.clear();
            file.seekp(static_cast<std::streamoff>(at)).put('\0');
        }
    }
    collect();
    EXPECT_EQ(left(), 0u);
    EXPECT_EQ(committed_, 1);
}

TEST_F(PickupServer, WaitsForTheOneBeforeIt) {
    put("0E0001", mail_to("a@example.net"));
    int other = ::open((root_ + "/maildrop").c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(::flock(other, LOCK_EX), 0);
    io::Scope scope;
    scope.spawn(server_->collect(*writer_, round_));
    io::run_task(pass(120ms));
    EXPECT_EQ(left(), 1u);
    ::close(other);
    while (scope.running() > 0)
        io::run_task(pass(5ms));
    EXPECT_EQ(left(), 0u);
    EXPECT_EQ(committed_, 1);
}

TEST_F(PickupServer, LeavesWithoutItsTurn) {
    put("0E0001", mail_to("a@example.net"));
    int other = ::open((root_ + "/maildrop").c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(::flock(other, LOCK_EX), 0);
    stop_ = true;
    collect();
    EXPECT_EQ(left(), 1u);
    ::close(other);
}

}  // namespace
}  // namespace pickup
