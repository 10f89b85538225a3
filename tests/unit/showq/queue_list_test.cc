// What is queued as listed by us, and in Debian's words.
#include "lib/spool/queue_list.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <thread>

#include "lib/io/run.h"
#include "lib/ipc/showq.h"
#include "lib/spool/log_scan.h"
#include "lib/spool/move.h"
#include "lib/spool/notes.h"
#include "lib/spool/pool.h"
#include "lib/spool/queue_text.h"
#include "lib/spool/writer.h"
#include "tests/unit/lib/spool/scratch_queue.h"

namespace {

using namespace spool;
using namespace spool_test;

base::WallTime at(int64_t seconds) {
    return base::WallTime(std::chrono::seconds(seconds));
}

const std::vector<ListedMessage> sample_list = {
    {"deferred",
     "3F2A11B2C4",
     at(1795370392),
     279,
     false,
     "s@a.example",
     {{"a@b", ""}, {"c@d", "why"}, {"e@f", "why"}, {"g@h", "other"}, {"i@j", ""}}},
    {"active", "3F2A11B2C5", at(1795370392), 123456789, false, "MAILER-DAEMON", {{"a@b", ""}}},
    {"hold",
     "4jXcV62djZz1bY3s",
     at(1795370392),
     1023,
     true,
     "a\"b\\c\xc3\xa9\x01@d",
     {{"a@b", std::string(100, 'x')}}},
    {"incoming", "4jXcV62djZz1bY3t", at(1795370392), 1, true, "", {}},
    {"deferred",
     "3F2A11B2C",
     at(1),
     1,
     false,
     std::string(70, 'l') + "@a.example",
     {{std::string(70, 'm') + "@b.example", std::string(75, 'y')}, {"k@l", std::string(76, 'y')}}},
};

// Answers one client of public/showq with this text.
class FakeShowq {
  public:
    FakeShowq(const std::string& path, std::string answer) : answer_(std::move(answer)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        socket_ = base::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(::listen(socket_.get(), 1), 0);
        thread_ = std::thread([this] {
            base::Fd client(::accept(socket_.get(), nullptr, nullptr));
            EXPECT_EQ(::send(client.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL),
                      static_cast<ssize_t>(answer_.size()));
        });
    }
    ~FakeShowq() { thread_.join(); }

  private:
    std::string answer_;
    base::Fd socket_;
    std::thread thread_;
};

std::string whole_answer() {
    std::string answer = ipc::showq_hello();
    for (const ListedMessage& message : sample_list)
        answer += ipc::showq_message(message);
    return answer + ipc::showq_end();
}

std::string table(bool long_ids) {
    QueueTable table(long_ids);
    std::string out;
    for (const ListedMessage& message : sample_list)
        out += table.message(message);
    return out + table.end();
}

std::string json() {
    std::string out;
    for (const ListedMessage& message : sample_list)
        out += json_line(message);
    return out;
}

TEST(QueueList, PrintsWhatDebiansPostqueuePrints) {
    ScratchQueue scratch;
    const std::string command = "/usr/sbin/postqueue -c " + scratch.config() + ' ';
    const std::string socket = scratch.folders.root + "/public/showq";
    auto ask = [&](const char* option) {
        std::filesystem::remove(socket);
        FakeShowq showq(socket, whole_answer());
        return ::run(command + option).output;
    };
    EXPECT_EQ(table(false), ask("-p"));
    EXPECT_EQ(json(), ask("-j"));
    std::ofstream(scratch.config() + "/main.cf", std::ios::app) << "enable_long_queue_ids = yes\n";
    EXPECT_EQ(table(true), ask("-p"));
    std::filesystem::remove(socket);
    FakeShowq empty(socket, ipc::showq_hello() + ipc::showq_end());
    EXPECT_EQ(QueueTable(false).end(), ::run(command + "-p").output);
}

std::vector<ListedMessage> read_answer(const std::string& bytes) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    base::Fd in(ends[0]), out(ends[1]);
    EXPECT_EQ(::write(out.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    out.reset();
    ipc::ShowqReader reader(std::move(in));
    std::vector<ListedMessage> read;
    while (auto message = reader.next())
        read.push_back(std::move(*message));
    return read;
}

TEST(QueueList, ReadsShowqsAnswerOrSaysThatItIsCut) {
    std::string answer = whole_answer();
    EXPECT_EQ(read_answer(answer), sample_list);
    for (size_t n = 0; n < answer.size(); n += 7)
        EXPECT_THROW(read_answer(answer.substr(0, n)), ipc::ShowqError) << n;
    EXPECT_THROW(read_answer(std::string("queue_name\0x\0\0\0", 15)), ipc::ShowqError);
}

TEST(QueueList, ShowsOnlyPrintableUtf8) {
    EXPECT_EQ(printable_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
              "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    EXPECT_EQ(printable_utf8("\xc3(\x7f\t\xed\xa0\x80\xc0\x80\xff\xe2\x82"),
              "?(????????"
              "??");
}

Move a_move(const std::string& id) {
    Move move;
    move.envelope.queue_id = id;
    move.envelope.arrival = at(1795370392);
    move.envelope.recipients = {{"r@b.example", "", 0, ""}, {"q@b.example", "", 0, ""}};
    move.done = {true, false};
    move.reasons = {{1, {4, 4, 1}, "no answer", "", ""}};
    move.next_attempt = at(1900000000);
    move.content = std::make_unique<TextSource>("Subject: x\r\n\r\ntext\r\n");
    return move;
}

io::Task<void> commit(Writer& writer, mail::Envelope envelope, RecordRef& ref) {
    Draft draft = writer.draft();
    co_await draft.append("Subject: y\r\n\r\nlog\r\n");
    Committed committed = co_await writer.commit(envelope, std::move(draft));
    ref = committed.ref;
}

class QueueListTest : public testing::Test {
  protected:
    QueueListTest() {
        std::filesystem::create_directory(scratch_.folders.root + "/log");
        std::filesystem::create_directory(scratch_.folders.root + "/content");
        options_.queue_directory = scratch_.folders.root;
        options_.segment_size = 256 << 10;
        options_.pool_min = 0;
    }
    RecordRef log(Writer& writer, const std::string& id, size_t recipients, bool hold = false) {
        mail::Envelope envelope;
        if (hold)
            envelope.more[std::string(note::hold)] = "1";
        envelope.queue_id = id;
        envelope.arrival = at(1795370392);
        envelope.sender = "s@a.example";
        for (size_t i = 0; i < recipients; ++i)
            envelope.recipients.push_back({base::text("r", i, "@b.example"), "", 0, ""});
        RecordRef ref;
        io::run_task(commit(writer, envelope, ref));
        return ref;
    }
    std::map<std::string, ListedMessage> list(std::map<std::string, Tried> tried) {
        std::map<std::string, ListedMessage> found;
        QueueList list(scratch_.folders, std::move(tried));
        while (auto message = list.next()) {
            EXPECT_FALSE(found.contains(message->id));
            found[message->id] = std::move(*message);
        }
        return found;
    }

    ScratchQueue scratch_;
    io::Loop loop_;
    Options options_;
};

TEST_F(QueueListTest, ListsLogAndFolders) {
    Writer writer(options_);
    RecordRef first = log(writer, "AAAA1", 2);
    RecordRef second = log(writer, "AAAA2", 1);
    log(writer, "AAAA3", 1);
    log(writer, "AAAA4", 1);
    log(writer, "AAAA5", 1, true);
    StatusArea status(options_.queue_directory);
    status.mark(first, 1, RecipientState::delivered);
    status.mark(second, 0, RecipientState::done);
    write_moved(scratch_.folders, a_move("BBBB1"));
    write_moved(scratch_.folders, a_move("AAAA4"));  // is just being moved
    Move held = a_move("BBBB2");
    held.queue = "hold";
    write_moved(scratch_.folders, std::move(held));
    put_file(scratch_.folders.root + "/incoming/CCCC1", "broken");

    Tried active;
    active.active = true;
    Tried deferred;
    deferred.reasons[0] = "connection refused";
    auto found = list({{"AAAA3", deferred}, {"AAAA1", active}});
    EXPECT_EQ(found.size(), 6u);
    EXPECT_EQ(found["AAAA5"].queue, "hold");  // it is on its way there
    EXPECT_EQ(
        found["AAAA1"],
        (ListedMessage{
            "active", "AAAA1", at(1795370392), 19, false, "s@a.example", {{"r0@b.example", ""}}}));
    EXPECT_EQ(found["AAAA3"].queue, "deferred");
    EXPECT_EQ(found["AAAA3"].recipients.at(0).reason, "connection refused");
    EXPECT_EQ(found["AAAA4"].size, 20u);
    EXPECT_EQ(found["BBBB1"], (ListedMessage{"deferred",
                                             "BBBB1",
                                             at(1795370392),
                                             20,
                                             false,
                                             "MAILER-DAEMON",
                                             {{"q@b.example", "no answer"}}}));
    EXPECT_EQ(found["BBBB2"].queue, "hold");
    EXPECT_EQ(list({})["AAAA3"].queue, "incoming");

    auto logged = find_logged(options_.queue_directory, "AAAA1");
    ASSERT_TRUE(logged.has_value());
    EXPECT_EQ(logged->ref, first);
    EXPECT_FALSE(find_logged(options_.queue_directory, "BBBB1").has_value());
    io::run_task(writer.close());
    EXPECT_EQ(list({}).size(), 6u);  // also of a sealed segment
}

TEST_F(QueueListTest, ASegmentRecycledMeanwhileHoldsNothing) {
    for (unsigned kept : {0u, 8u}) {  // it is removed, or becomes free
        options_.pool_max = kept;
        RecordRef ref;
        {
            Writer writer(options_);
            ref = log(writer, "AAAA1", 1);
        }
        LogScan scan(options_.queue_directory);
        ASSERT_EQ(Pool(options_).recycle(ref.segment, ref.epoch), Recycled::freed);
        EXPECT_FALSE(scan.next().has_value()) << kept;
    }
}

TEST_F(QueueListTest, AnEmptyQueueIsNoError) {
    std::filesystem::remove_all(scratch_.folders.root + "/log");
    EXPECT_TRUE(list({}).empty());
}

}  // namespace
