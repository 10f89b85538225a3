// What sendmail makes of standard input.
#include "sendmail/message.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "sendmail/submitter.h"

namespace {

struct Read {
    std::string records;     // "N:line|L:piece|…"
    std::string recipients;  // joined by spaces
};

Read read(std::string text, sendmail::Reading reading) {
    Read result;
    text.push_back('\0');  // fmemopen takes no empty buffer
    FILE* input = ::fmemopen(text.data(), text.size() - 1 ? text.size() - 1 : 1, "r");
    if (text.size() == 1)
        std::fgetc(input);
    auto found = sendmail::read_message(input, reading, [&](char type, std::string_view data) {
        base::append(result.records, result.records.empty() ? "" : "|", type, ':', data);
    });
    std::fclose(input);
    for (const std::string& one : found)
        base::append(result.recipients, result.recipients.empty() ? "" : " ", one);
    return result;
}

TEST(SendmailMessage, BecomesRecords) {
    struct Row {
        std::string text, records;
    };
    const Row rows[] = {
        {"", ""},
        {"a\nb\n", "N:a|N:b"},
        {"a\r\nb\r\n", "N:a|N:b"},
        {"a\nb\r\n", "N:a|N:b\r"},  // no CRLF text: the CR is content
        {"a\n.\nb\n", "N:a"},
        {"a\n..\n", "N:a|N:.."},
        {"a\r\n.\r\nb\r\n", "N:a"},
        {"From x y\na\n", "N:a"},
        {">From x\nFrom y\na\nFrom z\n", "N:a|N:From z"},
        {"a", "L:a|N:"},
        {"12345678", "L:12345678|N:"},
        {"12345678\n", "N:12345678"},
        {"123456789\n", "L:12345678|N:9"},
        {"12345678.\n", "L:12345678|N:."},
        {"\n\n", "N:|N:"},
    };
    for (const Row& row : rows) {
        sendmail::Reading reading;
        reading.longest_piece = 8;
        EXPECT_EQ(read(row.text, reading).records, row.records) << row.text;
    }
    sendmail::Reading dots;
    dots.dot_ends = false;
    EXPECT_EQ(read("a\n.\nb\n", dots).records, "N:a|N:.|N:b");
}

TEST(SendmailMessage, NamesRecipientsInHeaders) {
    struct Row {
        std::string text, recipients;
    };
    const Row rows[] = {
        {"To: a@b, C <c@d>\nSubject: x\n\nTo: no@body\n", "a@b c@d"},
        {"To: a@b,\n c@d\n\te@f\n\n", "a@b c@d e@f"},
        {"cc: a@b\nBCC : c@d\nApparently-To: no@no\nFrom: no@no\n\n", "a@b c@d"},
        {"To: a@b\nResent-To: c@d\nResent-Bcc: e@f\n\n", "c@d e@f"},
        {"To: a@b\nnot a header\nTo: no@no\n", "a@b"},
        {"To: a@b", "a@b"},
        {"To: g: a@b;, c@d (x)\n\n", "a@b c@d"},
        {" To: a@b\n\n", ""},
        {"\nTo: a@b\n", ""},
        {"To: " + std::string(3000, 'x') + "@y, a@b\n\n", std::string(3000, 'x') + "@y a@b"},
    };
    sendmail::Reading reading;
    reading.find_recipients = true;
    for (const Row& row : rows)
        EXPECT_EQ(read(row.text, reading).recipients, row.recipients) << row.text;
}

TEST(SendmailSubmitter, HasTheNameOfThePasswordFile) {
    EXPECT_EQ(sendmail::full_name_of("Ann Bee,Room 1,,", "ann"), "Ann Bee");
    EXPECT_EQ(sendmail::full_name_of("& Bee", "ann"), "Ann Bee");
    EXPECT_EQ(sendmail::full_name_of("", "ann"), "");
}

}  // namespace
