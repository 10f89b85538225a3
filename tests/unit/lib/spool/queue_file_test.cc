#include "lib/spool/queue_file.h"

#include <fcntl.h>

#include "lib/base/error.h"
#include "lib/spool/queue_file_content.h"
#include "lib/spool/queue_file_writer.h"
#include "tests/unit/lib/spool/scratch_queue.h"

namespace {

using namespace spool;
using namespace spool_test;

mail::Envelope sample_envelope() {
    mail::Envelope envelope;
    envelope.queue_id = "3F2A11B2C4";
    envelope.arrival = base::WallTime(base::Duration(1795370392'000123));
    envelope.sender = "\"od d\"@a.example";
    envelope.recipients = {{"a@b.example", "", 0, ""},
                           {"\"q q\"@c.example", "list@c.example", mail::notify_failure, ""},
                           {"d@[192.0.2.1]", "", 12, "rfc822;d+2Bx@e.example"}};
    envelope.encoding = mail::Encoding::eight_bit;
    envelope.tls_wish = mail::TlsWish::required;
    envelope.client_name = "unknown";
    envelope.client_address = "192.0.2.9";
    envelope.client_port = "4711";
    envelope.helo_name = "client.example";
    envelope.protocol = "ESMTP";
    envelope.message_id = "<1@a.example>";
    envelope.dsn_envid = "id+2B1";
    envelope.dsn_ret = "HDRS";
    envelope.more = {{"rewrite_context", "local"}, {"full_name", "A Name"}, {"x_y", "k=v"}};
    return envelope;
}

std::vector<RecipientPlace> write_file(const std::string& path, const mail::Envelope& envelope,
                                       const std::vector<bool>& done, const std::string& content) {
    TextSource source(content);
    base::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0700));
    return write_queue_file(fd.get(), envelope, done, source);
}

TEST(QueueFile, ReadsWhatItWrote) {
    ScratchQueue scratch;
    std::string path = scratch.path("3F2A11B2C4");
    mail::Envelope envelope = sample_envelope();
    auto places = write_file(path, envelope, {false, true}, "A: b\r\n\r\n.x\r\n");

    QueueFile file = load_queue_file(path);
    EXPECT_EQ(file.envelope, envelope);
    ASSERT_EQ(file.places.size(), 3u);
    for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(file.places[i].mark, places[i].mark);
        EXPECT_EQ(file.places[i].done, i == 1);
    }
    EXPECT_EQ(file.pending(), 2u);
    EXPECT_EQ(file.size, 12u);
    EXPECT_TRUE(file.size_is_exact);
    EXPECT_TRUE(file.has_leading_dots);
    verify_queue_file(path);
}

TEST(QueueFile, KeepsTheNullSender) {
    ScratchQueue scratch;
    mail::Envelope envelope = sample_envelope();
    envelope.sender.clear();
    write_file(scratch.path("3F2A11B2C4"), envelope, {}, "x\r\n");
    EXPECT_EQ(load_queue_file(scratch.path("3F2A11B2C4")).envelope, envelope);
}

// Bits that mean nothing here go back into the file beside those for TLS.
TEST(QueueFile, KeepsWhatTheSenderAsksOfTheWay) {
    struct Case {
        const char* written;
        mail::TlsWish wish;
        const char* more;
    };
    const Case cases[] = {
        {"16", mail::TlsWish::optional, ""},  {"32", mail::TlsWish::required, ""},
        {"48", mail::TlsWish::required, ""},  {"9", mail::TlsWish::as_configured, "9"},
        {"25", mail::TlsWish::optional, "9"}, {"0", mail::TlsWish::as_configured, ""},
    };
    ScratchQueue scratch;
    std::string path = scratch.path("3F2A11B2C4");
    for (const Case& one : cases) {
        mail::Envelope envelope = sample_envelope();
        envelope.tls_wish = mail::TlsWish::as_configured;
        envelope.more["sendopts"] = one.written;
        write_file(path, envelope, {}, "x\r\n");
        mail::Envelope read = load_queue_file(path).envelope;
        EXPECT_EQ(read.tls_wish, one.wish) << one.written;
        EXPECT_EQ(read.note("sendopts"), one.more) << one.written;
        write_file(path, read, {}, "x\r\n");
        EXPECT_EQ(load_queue_file(path).envelope, read) << one.written;
    }
}

struct ContentCase {
    const char* what;
    std::string in;
    std::string out;
};

TEST(QueueFile, KeepsContentByteForByte) {
    std::string at_limit(2048, 'x'), over(2049, 'y'), around(2049, 'z');
    around.back() = '\r';
    const ContentCase cases[] = {
        {"empty", "", ""},
        {"one empty line", "\r\n", "\r\n"},
        {"dots", ".\r\n..\r\na.b\r\n", ".\r\n..\r\na.b\r\n"},
        {"piece of the longest length", at_limit + "\r\nb\r\n", at_limit + "\r\nb\r\n"},
        {"one byte over", over + "\r\n", over + "\r\n"},
        {"CR at the border", around + "\n" + around + "w\r\n", around + "\n" + around + "w\r\n"},
        {"very long", std::string(200000, 'v') + "\r\n.\r\n",
         std::string(200000, 'v') + "\r\n.\r\n"},
        {"all bytes", std::string("\0\x01\xff\x80\r x", 7) + "\r\n",
         std::string("\0\x01\xff\x80\r x", 7) + "\r\n"},
        {"no end of line", "a\r\nb", "a\r\nb\r\n"},
        {"long, no end of line", over, over + "\r\n"},
        {"bare LF", "a\n.b\n", "a\r\n.b\r\n"},
    };
    ScratchQueue scratch;
    std::string path = scratch.path("3F2A11B2C4");
    for (const ContentCase& c : cases) {
        write_file(path, sample_envelope(), {}, c.in);
        QueueFileContent content(path);
        EXPECT_EQ(content.size(), c.out.size()) << c.what;
        bool dots = c.out.starts_with('.') || c.out.find("\n.") != c.out.npos;
        EXPECT_EQ(content.has_leading_dots(), dots) << c.what;
        EXPECT_EQ(all_of(content), c.out) << c.what;
        EXPECT_EQ(all_of(content, 7), c.out) << c.what;
        std::string end(5, '\0');
        size_t from = c.out.size() - std::min<size_t>(5, c.out.size());
        end.resize(content.read(std::span(end), from));
        EXPECT_EQ(end, c.out.substr(from)) << c.what;
    }
}

TEST(QueueFile, MarksRecipientsDone) {
    ScratchQueue scratch;
    std::string path = scratch.path("3F2A11B2C4");
    auto places = write_file(path, sample_envelope(), {}, "x\r\n");
    std::string before = contents(path);
    mark_done(path, {places[0].mark, places[2].mark});
    mark_done(path, {places[2].mark});

    QueueFile file = load_queue_file(path);
    EXPECT_TRUE(file.places[0].done);
    EXPECT_FALSE(file.places[1].done);
    EXPECT_TRUE(file.places[2].done);
    std::string after = contents(path);
    ASSERT_EQ(after.size(), before.size());
    int changed = 0;
    for (size_t i = 0; i < after.size(); ++i)
        changed += after[i] != before[i];
    EXPECT_EQ(changed, 2);
    verify_queue_file(path);  // marks are outside of the checksum

    EXPECT_THROW(mark_done(path, {places[0].mark + 1}), BadContent);
    EXPECT_THROW(mark_done(path, {1 << 20}), BadContent);
    EXPECT_EQ(contents(path), after);
}

// Whatever is missing at the end, the file is incomplete, and nothing reads over its end.
TEST(QueueFile, CutAnywhereIsIncomplete) {
    ScratchQueue scratch;
    std::string whole = scratch.path("3F2A11B2C4");
    write_file(whole, sample_envelope(), {}, "A: b\r\n\r\n" + std::string(300, 'x') + "\r\n");
    for (const std::string& bytes : {contents(whole), contents(sample("04E36A72122")),
                                     contents(sample("3C199A720C3.maildrop"))}) {
        ASSERT_GT(bytes.size(), 200u);
        std::string cut = scratch.path("cut");
        for (size_t n = 0; n < bytes.size(); ++n) {
            put_file(cut, bytes.substr(0, n));
            EXPECT_THROW(load_queue_file(cut), IncompleteQueueFile) << n;
            EXPECT_THROW(verify_queue_file(cut), IncompleteQueueFile) << n;
            EXPECT_THROW(QueueFileContent{cut}, IncompleteQueueFile) << n;
        }
    }
}

// One changed byte of ours is always found, and never more than an exception.
TEST(QueueFile, ChecksumFindsEveryChangedByte) {
    ScratchQueue scratch;
    std::string path = scratch.path("3F2A11B2C4");
    write_file(path, sample_envelope(), {}, "A: b\r\n\r\ntext\r\n");
    std::string bytes = contents(path);
    size_t size_record = 97;
    for (size_t i = size_record; i < bytes.size(); ++i) {
        std::string changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ 0x15);
        put_file(path, changed);
        EXPECT_THROW(verify_queue_file(path), BadContent) << i;
    }
}

TEST(QueueFile, ReadsOnWhereTheSizeRecordIsWrong) {
    ScratchQueue scratch;
    std::string path = scratch.path("3F2A11B2C4");
    write_file(path, sample_envelope(), {}, "A: b\r\n\r\ntext\r\n");
    std::string bytes = contents(path);
    for (const char* wrong : {"            999", "              1", "              x"}) {
        put_file(path, bytes.substr(0, 2) + wrong + bytes.substr(17));
        QueueFileContent content(path);
        EXPECT_EQ(all_of(content), "A: b\r\n\r\ntext\r\n") << wrong;
    }
}

TEST(QueueFile, FollowsPointersButNotInCircles) {
    std::string bytes;
    append_record(bytes, 'T', "1795370392 5");
    append_record(bytes, 'S', "s@a.example");
    size_t jump = bytes.size();
    append_record(bytes, 'p', "              0");
    append_record(bytes, 'R', "r@b.example");
    size_t message = bytes.size();
    append_record(bytes, 'M', "");
    append_record(bytes, 'N', "text");
    append_record(bytes, 'X', "");
    append_record(bytes, 'E', "");
    size_t added = bytes.size();
    append_record(bytes, 'R', "added@b.example");
    append_record(bytes, 'p', base::text(std::string(12, ' '), message));
    ScratchQueue scratch;
    std::string path = scratch.path("3F2A11B2C4");
    auto with_pointer = [&](size_t to) {
        std::string pointer;
        std::string digits = base::text(to);
        append_record(pointer, 'p', std::string(15 - digits.size(), ' ') + digits);
        put_file(path, std::string(bytes).replace(jump, pointer.size(), pointer));
    };

    with_pointer(0);
    EXPECT_EQ(load_queue_file(path).envelope.recipients.at(0).address, "r@b.example");
    with_pointer(added);
    QueueFile edited = load_queue_file(path);
    ASSERT_EQ(edited.envelope.recipients.size(), 1u);
    EXPECT_EQ(edited.envelope.recipients[0].address, "added@b.example");
    with_pointer(jump);
    EXPECT_THROW(load_queue_file(path), BadContent);
}

TEST(QueueFile, RefusesGarbage) {
    ScratchQueue scratch;
    std::string path = scratch.path("3F2A11B2C4");
    std::string huge = "C\xff\xff\xff\xff\xff";
    for (const std::string& bytes :
         {std::string(500, '\0'), std::string(500, '\xff'), huge + std::string(500, 'x'),
          std::string("E\0", 2), std::string("M\0X\0E\0", 6)}) {
        put_file(path, bytes);
        EXPECT_THROW(load_queue_file(path), BadContent);
    }
    EXPECT_THROW(load_queue_file(scratch.path("none")), base::SystemError);
}

}  // namespace
