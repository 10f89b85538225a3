// Whatever a server does, every recipient has one outcome, and none is called delivered that is
// not.
#include <random>
#include <set>

#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

// A wire that ends, or falls silent, behind a number of bytes, and gives few at a time.
class CutWire : public io::Wire {
  public:
    CutWire(std::unique_ptr<io::Wire> inner, size_t bytes, size_t at_once)
        : inner_(std::move(inner)), left_(bytes), at_once_(at_once) {}

    ssize_t try_read(std::span<char> into) override {
        if (left_ == 0)
            return 0;
        ssize_t n = inner_->try_read(into.subspan(0, std::min({into.size(), left_, at_once_})));
        if (n > 0)
            left_ -= static_cast<size_t>(n);
        return n;
    }
    ssize_t try_write(std::string_view bytes) override { return inner_->try_write(bytes); }
    io::Readiness::Waiting readable(base::Instant deadline) override {
        return inner_->readable(deadline);
    }
    io::Readiness::Waiting writable(base::Instant deadline) override {
        return inner_->writable(deadline);
    }
    void finish_writing() override { inner_->finish_writing(); }

  private:
    std::unique_ptr<io::Wire> inner_;
    size_t left_;
    size_t at_once_;
};

// What a server may do wrong, in parts of a thousand for each reply.
struct Manners {
    unsigned refuse = 0;  // 4xx or 5xx where it might accept
    unsigned close = 0;   // 421 and close
    unsigned drop = 0;    // close without a word
    unsigned silent = 0;  // never answer again
    bool pipelining = true;
    bool chunking = false;
};

// A server with a state, unlike a script: it takes what comes and keeps a ledger.
struct Server {
    Manners manners;
    std::mt19937& random;
    std::multiset<std::string>& ledger;  // "QID recipient" of all accepted

    std::string sender;
    std::vector<std::string> recipients;
    bool mail = false;

    bool chance(unsigned of_thousand) { return random() % 1000 < of_thousand; }

    // The reply to a command that might be accepted; "" to end here.
    std::string answer(const std::string& good) {
        if (chance(manners.drop))
            return "";
        if (chance(manners.close))
            return "421 4.3.2 closing";
        if (chance(manners.refuse))
            return random() % 2 ? "450 4.2.0 later" : "550 5.1.1 never";
        return good;
    }
    std::string accept(const std::string& content) {
        std::string reply = answer("250 2.0.0 taken");
        size_t at = content.find("Subject: ");
        if (reply.starts_with("250"))
            for (const std::string& recipient : recipients)
                ledger.insert(content.substr(at + 9, content.find('\r', at) - at - 9) + " " +
                              recipient);
        mail = false;
        recipients.clear();
        return reply;
    }
    std::string command(const std::string& line) {
        if (line.starts_with("RSET")) {
            mail = false;
            recipients.clear();
            return "250 ok";
        }
        if (line.starts_with("MAIL")) {
            if (mail)
                return "503 5.5.1 nested MAIL";
            std::string reply = answer("250 2.1.0 ok");
            mail = reply.starts_with("250");
            return reply;
        }
        if (line.starts_with("RCPT")) {
            if (!mail)
                return "503 5.5.1 MAIL first";
            std::string reply = answer("250 2.1.5 ok");
            if (reply.starts_with("250"))
                recipients.push_back(line.substr(9, line.find('>') - 9));
            return reply;
        }
        if (line.starts_with("DATA"))
            return recipients.empty() ? "554 5.5.1 no valid recipients" : answer("354 go");
        return "502 5.5.2 what";
    }
};

io::Task<std::string> content_of(io::Stream& stream) {
    std::string content;
    while (true) {
        std::optional<std::string_view> line = co_await stream.line(1000);
        if (!line)
            throw io::Closed("content ends early");
        if (*line == ".\r\n")
            co_return content;
        content += *line;
    }
}

io::Task<void> converse(io::Stream& stream, Server& server) {
    std::string hello = "250-mx\r\n";
    hello += server.manners.pipelining ? "250-PIPELINING\r\n" : "";
    hello += server.manners.chunking ? "250-CHUNKING\r\n" : "";
    stream.put("220 mx\r\n");
    while (true) {
        std::optional<std::string_view> line = co_await stream.line(1000);
        if (!line || line->starts_with("QUIT"))
            co_return;
        std::string command(*line);
        std::string reply;
        if (command.starts_with("EHLO")) {
            reply = hello + "250 HELP";
        } else if (command.starts_with("BDAT")) {
            size_t size = base::number<size_t>(base::split(command, " \r\n").at(1)).value_or(0);
            std::string_view chunk = co_await stream.exactly(size);
            reply = server.recipients.empty() ? "554 5.5.1 no valid recipients"
                                              : server.accept(std::string(chunk));
        } else {
            reply = server.command(command);
        }
        if (reply.starts_with("354")) {
            stream.put(reply + "\r\n");
            std::string content = co_await content_of(stream);
            reply = server.accept(content);
        }
        if (reply.empty())
            co_return;
        stream.put(reply + "\r\n");
        if (reply.starts_with("421"))
            break;
        if (server.chance(server.manners.silent))
            co_await wait_for_end(stream);
    }
    co_await stream.flush();
}

io::Task<void> be_server(std::unique_ptr<io::Wire> wire, Server server) {
    io::Stream stream(std::move(wire));
    try {
        co_await converse(stream, server);
    } catch (const io::Closed&) {
    }
}

struct LedgerDialer : smtp::Dialer {
    io::Scope servers;
    std::mt19937 random{1};
    std::multiset<std::string> ledger;
    Manners manners;
    size_t first_cut = std::string::npos;  // bytes of the first connection
    size_t at_once = std::string::npos;

    io::Task<std::unique_ptr<io::Wire>> dial(io::SocketAddress, base::Instant) override {
        auto [client, server] = io::wire_pair(1 << 20);
        servers.spawn(be_server(std::move(server), Server{manners, random, ledger, "", {}, false}));
        std::unique_ptr<io::Wire> cut =
            std::make_unique<CutWire>(std::move(client), first_cut, at_once);
        first_cut = std::string::npos;
        co_return std::move(cut);
    }
};

struct FateTest : World {
    LedgerDialer dialler;
    smtp::Lane line{smtp::Workshop{options, queue, dialler, idle, sites, relays},
                    [this](std::unique_ptr<smtp::Job> job) { reports.push_back(job->report()); }};

    // Three messages with two recipients each, over two places of the list.
    void deliver_three() {
        for (int i = 0; i < 3; ++i) {
            ipc::DeliveryRequest made = request({"a@x", "b@x"}, std::string(here) + ", " + there);
            queue.contents[made.queue_id] =
                base::text("Subject: ", made.queue_id, "\r\n\r\n..x\r\n.\r\n");
            line.add(std::make_unique<smtp::Job>(std::move(made), options, queue));
        }
        lanes.spawn(line.run());
        loop.run_until_idle();
        for (int i = 0; i < 40 && reports.size() < last_id; ++i)
            pass(600s);
    }

    // `ambiguous`: a connection may have ended where nobody knows what the server has.
    void check(bool ambiguous) {
        ASSERT_EQ(reports.size(), last_id);
        for (const ipc::DeliveryReport& report : reports) {
            ASSERT_EQ(report.outcomes.size(), 2u);
            std::set<uint32_t> indices;
            for (const mail::Outcome& one : report.outcomes) {
                indices.insert(one.recipient);
                std::string key = base::text("Q", report.id, one.recipient == 5 ? " a@x" : " b@x");
                size_t copies = dialler.ledger.count(key);
                bool sent = one.status == mail::Status::sent;
                EXPECT_FALSE(sent && copies == 0) << key << " is lost";
                bool unknown = one.reason.find("more than once") != std::string::npos;
                EXPECT_EQ(copies, sent || (unknown && copies == 1) ? 1u : 0u)
                    << key << " " << one.reason;
                EXPECT_TRUE(ambiguous || !unknown);
                EXPECT_EQ(queue.marked[base::text("Q", report.id, "/", one.recipient)],
                          sent ? 1 : 0);
            }
            EXPECT_EQ(indices.size(), 2u);
        }
    }
    void begin_anew() {
        pass(400s);
        reports.clear();
        dialler.ledger.clear();
        queue.marked.clear();
        last_id = 0;
        read_log();
        log.clear();
    }
};

TEST_F(FateTest, TheServersRepliesCutAtEveryByte) {
    for (bool chunking : {false, true}) {
        dialler.manners.chunking = chunking;
        size_t whole = chunking ? 300 : 360;
        for (size_t cut = 1; cut < whole && !HasFailure(); ++cut) {
            dialler.first_cut = cut;
            deliver_three();
            check(true);
            begin_anew();
        }
    }
}

TEST_F(FateTest, RepliesThatComeByteByByte) {
    dialler.at_once = 1;
    for (bool chunking : {false, true}) {
        dialler.manners.chunking = chunking;
        deliver_three();
        check(false);
        EXPECT_EQ(dialler.ledger.size(), 6u);
        begin_anew();
    }
}

TEST_F(FateTest, ServersOfAllManners) {
    for (unsigned seed = 1; seed <= 400 && !HasFailure(); ++seed) {
        dialler.random.seed(seed);
        auto& random = dialler.random;
        dialler.manners = {};
        dialler.manners.refuse = random() % 3 * 100;
        dialler.manners.close = random() % 3 * 60;
        dialler.manners.drop = random() % 3 * 60;
        dialler.manners.silent = random() % 3 * 40;
        dialler.manners.pipelining = random() % 4 != 0;
        dialler.manners.chunking = random() % 2 == 0;
        SCOPED_TRACE(seed);
        deliver_three();
        check(true);
        begin_anew();
    }
}

}  // namespace
}  // namespace smtp_test
