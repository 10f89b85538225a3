// Queue files against Debian's own programs, both ways: ours read by them, theirs read by us.
#include <fcntl.h>

#include "lib/base/fd.h"
#include "lib/spool/defer_log.h"
#include "lib/spool/mover.h"
#include "lib/spool/queue_file_content.h"
#include "tests/unit/lib/spool/scratch_queue.h"

namespace {

using namespace spool;
using namespace spool_test;

TEST(DebianQueue, ReadsAFileOfSmtpd) {
    QueueFile file = load_queue_file(sample("AA5F2A720A1"));
    const mail::Envelope& envelope = file.envelope;
    EXPECT_EQ(envelope.queue_id, "AA5F2A720A1");
    EXPECT_EQ(envelope.arrival, base::WallTime(base::Duration(1795370392'690027)));
    EXPECT_EQ(envelope.sender, "sender@a.example");
    EXPECT_EQ(envelope.encoding, mail::Encoding::eight_bit);
    EXPECT_EQ(envelope.dsn_envid, "abc+2B1");
    EXPECT_EQ(envelope.dsn_ret, "HDRS");
    EXPECT_EQ(envelope.client_name, "unknown");
    EXPECT_EQ(envelope.client_address, "127.0.0.1");
    EXPECT_EQ(envelope.helo_name, "client.example");
    EXPECT_EQ(envelope.protocol, "ESMTP");
    ASSERT_EQ(envelope.recipients.size(), 3u);
    EXPECT_EQ(envelope.recipients[2].address, "\"odd name\"@d.example");
    EXPECT_EQ(envelope.recipients[2].original, "");
    EXPECT_EQ(envelope.recipients[0].notify, mail::notify_failure | mail::notify_delay);
    EXPECT_EQ(envelope.recipients[0].orcpt, "rfc822;r1@orig.example");
    EXPECT_EQ(file.places[0].mark, 702u);
    EXPECT_EQ(file.pending(), 3u);

    QueueFileContent content(sample("AA5F2A720A1"));
    std::string text = all_of(content);
    EXPECT_EQ(text.size(), content.size());
    EXPECT_TRUE(content.has_leading_dots());
    EXPECT_TRUE(text.starts_with("Received: from client.example (unknown [127.0.0.1])\r\n\tby "));
    EXPECT_TRUE(
        text.ends_with("\r\n.leading dot\r\n\r\n" + std::string(5000, 'x') + "\r\nlast\r\n"));
    verify_queue_file(sample("AA5F2A720A1"));
}

TEST(DebianQueue, ReadsDoneRecipientsAndTheDeferLog) {
    QueueFile file = load_queue_file(sample("04E36A72122"));
    std::vector<bool> done;
    for (const RecipientPlace& place : file.places)
        done.push_back(place.done);
    EXPECT_EQ(done, (std::vector<bool>{true, false, true, true}));

    auto log = parse_log(contents(sample("04E36A72122.defer")));
    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log[0].recipient, "later@c.example");
    EXPECT_EQ(log[0].mark, file.places[1].mark);
    EXPECT_EQ(log[0].dsn, (mail::Dsn{4, 2, 0}));
    EXPECT_EQ(log[0].remote_mta, "127.0.0.1");
    EXPECT_TRUE(log[0].diagnostic.starts_with("450 4.2.0 mailbox busy"));
    EXPECT_TRUE(log[0].reason.starts_with("host 127.0.0.1[127.0.0.1] said: 450"));
    EXPECT_EQ(log_text(DeferLog::defer, log[0]), contents(sample("04E36A72122.defer")));
}

TEST(DebianQueue, ReadsNullSenderAndMaildrop) {
    EXPECT_EQ(load_queue_file(sample("AB5AAA720A2")).envelope.sender, "");

    QueueFile drop = load_queue_file(sample("3C199A720C3.maildrop"));
    EXPECT_EQ(drop.envelope.more.at("full_name"), "root");
    ASSERT_EQ(drop.envelope.recipients.size(), 2u);
    EXPECT_EQ(drop.envelope.recipients[1].address, "\"q q\"@z.example");
    EXPECT_EQ(drop.envelope.recipients[1].notify, mail::notify_success | mail::notify_failure);
}

Move sample_move(const std::string& id, const std::string& content) {
    Move move;
    move.envelope.queue_id = id;
    move.envelope.arrival = base::WallTime(base::Duration(1795370392'500000));
    move.envelope.sender = "s@a.example";
    move.envelope.recipients = {{"r1@b.example", "", 0, ""},
                                {"\"odd name\"@c.example", "", 0, ""},
                                {"r3@d.example", "", 0, ""}};
    move.envelope.message_id = "<1@a.example>";
    move.done = {false, false, true};
    move.reasons = {{0, {4, 4, 1}, "connect to relay[192.0.2.1]:25: Connection refused", "", ""},
                    {1, {4, 2, 0}, "host relay[192.0.2.1] said: 450 busy", "450 busy", "relay"}};
    move.next_attempt = base::WallTime(std::chrono::seconds(1900000000));
    move.content = std::make_unique<TextSource>(content);
    return move;
}

TEST(DebianQueue, PostcatReadsOurFile) {
    ScratchQueue scratch;
    std::string content = "Subject: x\r\n\r\n.dot\r\n" + std::string(3000, 'y') + "\r\nlast\r\n";
    write_moved(scratch.folders, sample_move("3F2A11B2C4", content));

    Ran ran = run("/usr/sbin/postcat -c " + scratch.config() + " -q 3F2A11B2C4");
    EXPECT_EQ(ran.status, 0) << ran.output;
    for (const char* line :
         {"sender: s@a.example\n", "named_attribute: posthaste_message_id=<1@a.example>\n",
          "original_recipient: odd name@c.example\nrecipient: odd name@c.example\n",
          "done_recipient: r3@d.example\n", "*** MESSAGE CONTENTS deferred/3/3F2A11B2C4 ***\n",
          "\n.dot\n", "\nlast\n", "*** HEADER EXTRACTED deferred/3/3F2A11B2C4 ***\n",
          "*** MESSAGE FILE END deferred/3/3F2A11B2C4 ***\n"})
        EXPECT_NE(ran.output.find(line), ran.output.npos) << line << ran.output;
    EXPECT_NE(ran.output.find(std::string(3000, 'y')), ran.output.npos);
    EXPECT_EQ(ran.output.find("warning"), ran.output.npos) << ran.output;
}

TEST(DebianQueue, PostqueueShowsOurFilesAndReasons) {
    ScratchQueue scratch;
    write_moved(scratch.folders, sample_move("3F2A11B2C4", "Subject: x\r\n\r\ntext\r\n"));
    Move held = sample_move("4jXcV62djZz1bY3s", "Subject: x\r\n\r\ntext\r\n");
    held.queue = "hold";
    held.reasons.clear();
    write_moved(scratch.folders, std::move(held));
    scratch.give_to_mail_owner();

    Ran ran = run("TZ=UTC /usr/sbin/postqueue -c " + scratch.config() + " -j");
    ASSERT_EQ(ran.status, 0) << ran.output;
    EXPECT_NE(ran.output.find(
                  "{\"queue_name\": \"deferred\", \"queue_id\": \"3F2A11B2C4\", \"arrival_time\": "
                  "1795370392, \"message_size\": 20, \"forced_expire\": false, \"sender\": "
                  "\"s@a.example\", \"recipients\": [{\"address\": \"r1@b.example\", "
                  "\"delay_reason\": \"connect to relay[192.0.2.1]:25: Connection refused\"}, "
                  "{\"address\": \"\\\"odd name\\\"@c.example\", \"delay_reason\": \"host "
                  "relay[192.0.2.1] said: 450 busy\"}]}\n"),
              ran.output.npos)
        << ran.output;
    EXPECT_NE(ran.output.find("{\"queue_name\": \"hold\", \"queue_id\": \"4jXcV62djZz1bY3s\""),
              ran.output.npos)
        << ran.output;
    EXPECT_EQ(ran.output.find("r3@d.example"), ran.output.npos);
}

TEST(DebianQueue, QshapeCountsOurFiles) {
    ScratchQueue scratch;
    write_moved(scratch.folders, sample_move("3F2A11B2C4", "Subject: x\r\n\r\ntext\r\n"));
    Ran ran = run("/usr/sbin/qshape -c " + scratch.config() + " deferred");
    ASSERT_EQ(ran.status, 0) << ran.output;
    EXPECT_NE(ran.output.find("b.example"), ran.output.npos) << ran.output;
}

}  // namespace
