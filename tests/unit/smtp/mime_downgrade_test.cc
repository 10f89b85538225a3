// 8-bit content for servers that take 7 bits.
#include "smtp/mime_downgrade.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

std::string crlf(std::string text) {
    std::string out;
    for (char c : text) {
        if (c == '\n')
            out += '\r';
        out += c;
    }
    return out;
}

std::string sent(const std::string& content, size_t piece) {
    smtp::MimeDowngrade downgrade;
    std::string out;
    for (size_t at = 0; at < content.size(); at += piece)
        downgrade.feed(std::string_view(content).substr(at, piece), out);
    downgrade.finish(out);
    return out;
}

struct Row {
    const char* what;
    std::string content;
    std::string sent;
};

TEST(SmtpMimeDowngrade, Parts) {
    const Row rows[] = {
        {"one part",
         "Subject: x\nContent-Transfer-Encoding: 8bit\nContent-Type: text/plain\n\ncaf\xc3\xa9 =\n",
         "Subject: x\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"
         "caf=C3=A9 =3D\n"},
        {"binary", "content-transfer-encoding:\n BINARY (c)\n\n\xff\n",
         "Content-Transfer-Encoding: quoted-printable\n\n=FF\n"},
        {"7 bits stay", "Content-Transfer-Encoding: 7bit\n\na = b\n",
         "Content-Transfer-Encoding: 7bit\n\na = b\n"},
        {"what does not say", "Subject: x\n\n\xc3\xa9\n", "Subject: x\n\n\xc3\xa9\n"},
        {"base64 stays", "Content-Transfer-Encoding: base64\n\nw6k=\n",
         "Content-Transfer-Encoding: base64\n\nw6k=\n"},
        {"blanks at the end", "Content-Transfer-Encoding: 8bit\n\na \nb\t\n \n\nc d\n",
         "Content-Transfer-Encoding: quoted-printable\n\na=20\nb=09\n=20\n\nc d\n"},
        {"multipart",
         "Content-Type: multipart/mixed;\n boundary=\"b; \\\"1\"\nContent-Transfer-Encoding: "
         "8bit\n\n"
         "pre\n--b; \"1\nContent-Transfer-Encoding: 8bit\n\n\xe4\n--b; \"1\n\nplain \xe4\n"
         "--b; \"1--\nepi\n",
         "Content-Type: multipart/mixed;\n boundary=\"b; \\\"1\"\nContent-Transfer-Encoding: "
         "7bit\n\n"
         "pre\n--b; \"1\nContent-Transfer-Encoding: quoted-printable\n\n=E4\n--b; \"1\n\nplain "
         "\xe4\n"
         "--b; \"1--\nepi\n"},
        {"nested",
         "Content-Type: multipart/mixed; boundary=out\n\n--out\n"
         "Content-Type: multipart/alternative; charset=x; boundary=in\n\n--in\n"
         "Content-Transfer-Encoding: 8bit\n\n\xe4\n--in--\n--out\n"
         "Content-Transfer-Encoding: 8bit\n\n\xe5\n--out--\n",
         "Content-Type: multipart/mixed; boundary=out\n\n--out\n"
         "Content-Type: multipart/alternative; charset=x; boundary=in\n\n--in\n"
         "Content-Transfer-Encoding: quoted-printable\n\n=E4\n--in--\n--out\n"
         "Content-Transfer-Encoding: quoted-printable\n\n=E5\n--out--\n"},
        {"an inner part that is not closed",
         "Content-Type: multipart/mixed; boundary=out\n\n--out\n"
         "Content-Type: multipart/mixed; boundary=in\n\n--in\nContent-Transfer-Encoding: 8bit\n\n"
         "\xe4\n--out--\n\xe5\n",
         "Content-Type: multipart/mixed; boundary=out\n\n--out\n"
         "Content-Type: multipart/mixed; boundary=in\n\n--in\n"
         "Content-Transfer-Encoding: quoted-printable\n\n=E4\n--out--\n\xe5\n"},
        {"a message in a message",
         "Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\nSubject: y\n"
         "Content-Transfer-Encoding: 8bit\n\n\xe4\n",
         "Content-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\n\nSubject: y\n"
         "Content-Transfer-Encoding: quoted-printable\n\n=E4\n"},
        {"a digest",
         "Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: y\n"
         "Content-Transfer-Encoding: 8bit\n\n\xe4\n--d--\n",
         "Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: y\n"
         "Content-Transfer-Encoding: quoted-printable\n\n=E4\n--d--\n"},
        {"other messages may not be encoded",
         "Content-Type: message/delivery-status\nContent-Transfer-Encoding: 8bit\n\n\xe4\n",
         "Content-Type: message/delivery-status\nContent-Transfer-Encoding: 8bit\n\n\xe4\n"},
        {"headers that a delimiter ends",
         "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: "
         "8bit\n--b--\n",
         "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: "
         "8bit\n--b--\n"},
        {"headers alone", "Subject: x\nContent-Transfer-Encoding: 8bit\n",
         "Subject: x\nContent-Transfer-Encoding: 8bit\n"},
        {"bad parameters", "Content-Type: multipart/mixed; boundary\n\n\xe4\n",
         "Content-Type: multipart/mixed; boundary\n\n\xe4\n"},
        {"nothing", "", ""},
    };
    for (const Row& row : rows)
        for (size_t piece : {size_t(1), size_t(2), size_t(7), size_t(10000)})
            EXPECT_EQ(sent(crlf(row.content), piece), crlf(row.sent)) << row.what << " " << piece;
}

std::string decoded(std::string_view text) {
    std::string out;
    for (size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '=') {
            out += text[at];
        } else if (text.substr(at, 3) == "=\r\n") {
            at += 2;
        } else {
            out += static_cast<char>(std::stoi(std::string(text.substr(at + 1, 2)), nullptr, 16));
            at += 2;
        }
    }
    return out;
}

TEST(SmtpMimeDowngrade, LongLinesAreBroken) {
    const std::string head = "Content-Transfer-Encoding: 8bit\r\n\r\n";
    const std::string new_head = "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
    for (size_t length : {74u, 75u, 76u, 77u, 150u, 20000u}) {
        for (const char* filling : {"x", "\xe4", " ", "x "}) {
            std::string body;
            while (body.size() < length)
                body += filling;
            body += "\r\nend";
            for (size_t piece : {size_t(1), size_t(3001), size_t(100000)}) {
                std::string out = sent(head + body, piece);
                ASSERT_TRUE(out.starts_with(new_head));
                std::string_view rest = std::string_view(out).substr(new_head.size());
                EXPECT_EQ(decoded(rest), body) << length << filling;
                EXPECT_TRUE(std::ranges::none_of(
                    rest, [](char c) { return static_cast<unsigned char>(c) > 0x7e; }));
                size_t column = 0;
                for (char c : rest) {
                    column = c == '\n' ? 0 : column + 1;
                    EXPECT_LE(column, 77u);  // with its CR
                }
            }
        }
    }
}

// Nothing is added to or lost from a header that is longer than is looked at.
TEST(SmtpMimeDowngrade, EndlessHeaders) {
    for (const std::string& line :
         {std::string(200000, 'h'), "X: " + std::string(200000, '\xe4')}) {
        std::string content = line + "\r\nContent-Transfer-Encoding: 7bit\r\n\r\nbody\r\n";
        EXPECT_EQ(sent(content, 5000), content);
    }
    std::string folded = "X: y\r\n";
    for (int i = 0; i < 5000; ++i)
        folded += " and so on and so on\r\n";
    EXPECT_EQ(sent(folded + "\r\nbody\r\n", 777), folded + "\r\nbody\r\n");
}

}  // namespace
