// The lines of Dovecot's auth protocol.
#include "lib/sasl/dovecot_protocol.h"

#include <gtest/gtest.h>

namespace {

using sasl::Step;
namespace dovecot = sasl::dovecot;

using Words = std::vector<std::string>;

TEST(DovecotProtocol, WordsAreEscaped) {
    struct Row {
        std::string plain, written;
    };
    const Row rows[] = {
        {"bob", "bob"},
        {"", ""},
        {"a\tb", "a\1tb"},
        {"a\nb\rc", "a\1nb\1rc"},
        {std::string("\0\1", 2),
         "\1"
         "0\1"
         "1"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(dovecot::word(row.plain), row.written);
        EXPECT_EQ(dovecot::words_of(row.written), Words{row.plain});
    }
    EXPECT_EQ(dovecot::words_of("OK\t1\t\tuser=x"), (Words{"OK", "1", "", "user=x"}));
    EXPECT_EQ(dovecot::words_of("a\1"), Words{"a\1"});
    EXPECT_EQ(dovecot::words_of(""), Words{""});
}

TEST(DovecotProtocol, MechanismsHaveProperties) {
    EXPECT_EQ(dovecot::mechanism_of({"MECH", "PLAIN", "plaintext"}),
              (sasl::Offer{"PLAIN", sasl::property::plaintext}));
    EXPECT_EQ(
        dovecot::mechanism_of({"MECH", "X", "active", "dictionary", "forward-secrecy", "new"}),
        (sasl::Offer{"X", sasl::property::active | sasl::property::dictionary |
                              sasl::property::forward_secrecy}));
    EXPECT_EQ(dovecot::mechanism_of({"MECH", "Y", "anonymous", "mutual-auth"}),
              (sasl::Offer{"Y", sasl::property::anonymous | sasl::property::mutual_auth}));
    EXPECT_FALSE(dovecot::mechanism_of({"MECH"}));
    EXPECT_FALSE(dovecot::mechanism_of({"MECH", "APOP", "private", "dictionary"}));
}

TEST(DovecotProtocol, RepliesAreRead) {
    struct Row {
        Words words;
        Step::State state;
        std::string text, user;
    };
    const Row rows[] = {
        {{"OK", "7", "user=bob", "more"}, Step::done, "", "bob"},
        {{"OK", "7"}, Step::done, "", ""},
        {{"FAIL", "7"}, Step::failed, "", ""},
        {{"FAIL", "7", "user=bob", "reason=no\tway"}, Step::failed, "no?way", "bob"},
        {{"FAIL", "7", "user=bob", "user_disabled"}, Step::failed, "", "bob"},
        {{"FAIL", "7", "temp"}, Step::trouble, "Authentication backend error", ""},
        {{"FAIL", "7", "temp", "reason=later"}, Step::trouble, "later", ""},
        {{"CONT", "7", "VXNlcm5hbWU6"}, Step::challenge, "VXNlcm5hbWU6", ""},
        {{"CONT", "7"}, Step::challenge, "", ""},
    };
    for (const Row& row : rows) {
        auto reply = dovecot::reply_of(row.words);
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->id, 7u);
        EXPECT_EQ(reply->step.state, row.state);
        EXPECT_EQ(reply->step.text, row.text);
        EXPECT_EQ(reply->step.user, row.user);
    }
    for (const Words& words : {Words{"OK"}, Words{"OK", "x"}, Words{"NEWS", "1"},
                               Words{"FAIL", "-1"}, Words{"OK", "4294967296"}, Words{""}})
        EXPECT_FALSE(dovecot::reply_of(words));
}

TEST(DovecotProtocol, RequestsAreWritten) {
    sasl::Peer peer;
    peer.address = "192.0.2.1";
    EXPECT_EQ(dovecot::auth(1, "PLAIN", "smtp", peer, std::nullopt),
              "AUTH\t1\tPLAIN\tservice=smtp\tnologin\trip=192.0.2.1\n");
    peer.port = "4711";
    peer.own_address = "192.0.2.2";
    peer.own_port = "587";
    peer.encrypted = true;
    EXPECT_EQ(dovecot::auth(2, "a\tb", "s", peer, "AGI="),
              "AUTH\t2\ta\1tb\tservice=s\tnologin\tlip=192.0.2.2\trip=192.0.2.1\tlport=587\t"
              "rport=4711\tsecured\tresp=AGI=\n");
    peer.certified = true;
    peer.own_address = "unknown";
    peer.own_port = "";
    EXPECT_EQ(dovecot::auth(2, "EXTERNAL", "s", peer, "="),
              "AUTH\t2\tEXTERNAL\tservice=s\tnologin\trip=192.0.2.1\trport=4711\tsecured\t"
              "valid-client-cert\tresp==\n");
    EXPECT_EQ(dovecot::response(3, "AGI="), "CONT\t3\tAGI=\n");
    EXPECT_EQ(dovecot::cancel(4), "CANCEL\t4\n");
    EXPECT_EQ(dovecot::hello(12), "VERSION\t1\t1\nCPID\t12\n");
    // What a client sends is never more than a word.
    for (std::string bad : {std::string("a\tb"), std::string("a\nOK"), std::string("a\0b", 3),
                            std::string("\xff"), std::string(dovecot::longest_line, 'A')}) {
        EXPECT_FALSE(dovecot::auth(1, "PLAIN", "smtp", peer, bad));
        EXPECT_FALSE(dovecot::response(1, bad));
    }
}

}  // namespace
