// Dialogues with the SMTP server: commands, replies, what is stored.
#include "tests/unit/smtpd/dialogue.h"

namespace {

using namespace smtpd_test;

struct SmtpdDialogue : Dialogue {};

const Steps transaction = {{"MAIL FROM:<a@b.example>\r\n", ok_mail},
                           {"RCPT TO:<c@d.example>\r\n", ok_rcpt}};

Steps with(Steps first, const Steps& then) {
    first.insert(first.end(), then.begin(), then.end());
    return first;
}

TEST_F(SmtpdDialogue, StoresAMessage) {
    talk(with(transaction, {{"DATA\r\n", go_ahead},
                            {"Subject: s\r\n\r\n..dot\r\nend\r\n.\r\n", queued},
                            {"QUIT\r\n", bye}}));
    auto found = stored();
    ASSERT_EQ(found.size(), 1u);
    const auto& envelope = found[0].envelope;
    EXPECT_EQ(envelope.sender, "a@b.example");
    ASSERT_EQ(envelope.recipients.size(), 1u);
    EXPECT_EQ(envelope.recipients[0].address, "c@d.example");
    EXPECT_EQ(envelope.client_name + envelope.client_address + envelope.client_port,
              "unknown127.0.0.14711");
    EXPECT_EQ(envelope.protocol, "ESMTP");
    EXPECT_EQ(envelope.helo_name, "client.example");
    const std::string& content = found[0].content;
    EXPECT_EQ(content.find("Received: from client.example (unknown [127.0.0.1])\r\n"
                           "\tby mx.example.com (Postfix) with ESMTP id " +
                           envelope.queue_id + "\r\n\tfor <c@d.example>; "),
              0u);
    EXPECT_NE(content.find("\r\nSubject: s\r\nMessage-Id: " + envelope.message_id), content.npos);
    EXPECT_TRUE(content.ends_with("\r\nFrom: a@b.example\r\n\r\n.dot\r\nend\r\n")) << content;
    EXPECT_EQ(rung, 1u);
}

TEST_F(SmtpdDialogue, AnswersCommands) {
    const struct {
        const char *command, *reply;
    } rows[] = {
        {"NOOP", "250 2.0.0 Ok"},
        {"noop with words", "250 2.0.0 Ok"},
        {"RSET", "250 2.0.0 Ok"},
        {"RSET x", "501 5.5.4 Syntax: RSET"},
        {"VRFY", "501 5.5.4 Syntax: VRFY address"},
        {"VRFY c@d.example", "252 2.0.0 c@d.example"},
        {"VRFY <c@", "501 5.1.3 Bad recipient address syntax"},
        {"", "500 5.5.2 Error: bad syntax"},
        {"FOO", "500 5.5.2 Error: command not recognized"},
        {"STARTTLS", "502 5.5.1 Error: command not implemented"},
        {"AUTH PLAIN x", "503 5.5.1 Error: authentication not enabled"},
        {"HELO", "501 Syntax: HELO hostname"},
        {"EHLO", "501 Syntax: EHLO hostname"},
        {"RCPT TO:<a@b>", "503 5.5.1 Error: need MAIL command"},
        {"DATA", "503 5.5.1 Error: need RCPT command"},
        {"MAIL", "501 5.5.4 Syntax: MAIL FROM:<address>"},
        {"MAIL FROM:", "501 5.5.4 Syntax: MAIL FROM:<address>"},
        {"MAIL FROM:<a@b", "501 5.1.7 Bad sender address syntax"},
        {"MAIL FROM:<a@b> SIZE=x", "501 5.5.4 Bad message size syntax"},
        {"MAIL FROM:<a@b> SIZE=10001", "552 5.3.4 Message size exceeds fixed limit"},
        {"MAIL FROM:<a@b> SIZE=99999999999999999999", "552 5.3.4 Message size exceeds fixed limit"},
        {"MAIL FROM:<a@b> SIZE", "555 5.5.4 Unsupported option: SIZE"},
        {"MAIL FROM:<a@b> BODY=9BIT", "555 5.5.4 Unsupported option: BODY=9BIT"},
        {"MAIL FROM:<a@b> FOO=FULL", "555 5.5.4 Unsupported option: FOO=FULL"},
        {"MAIL FROM:<a@b> AUTH=+", "501 5.5.4 Bad AUTH parameter syntax"},
        {"MAIL FROM:<a@b> AUTH", "555 5.5.4 Unsupported option: AUTH"},
        {"MAIL FROM:<a@b> RET=FULL RET=FULL", "501 5.5.4 Bad RET parameter syntax"},
        {"MAIL FROM:<a@b> ENVID=+", "501 5.5.4 Bad ENVID parameter syntax"},
        {"MAIL FROM:<@r>", "501 5.1.7 Bad sender address syntax"},
        {"mail from: <a@b> auth=<>", "250 2.1.0 Ok"},
        {"RCPT TO:<a@b> NOTIFY=", "501 5.5.4 Error: Bad NOTIFY parameter syntax"},
        {"RCPT TO:<a@b> NOTIFY=NEVER,DELAY", "501 5.5.4 Error: Bad NOTIFY parameter syntax"},
        {"RCPT TO:<a@b> NOTIFY=DELAY NOTIFY=DELAY", "501 5.5.4 Error: Bad NOTIFY parameter syntax"},
        {"RCPT TO:<a@b> ORCPT=rfc822", "501 5.5.4 Error: Bad ORCPT parameter syntax"},
        {"RCPT TO:<a@b> ORCPT=;x", "501 5.5.4 Error: Bad ORCPT parameter syntax"},
        {"RCPT TO:<a@b> SIZE=1", "555 5.5.4 Unsupported option: SIZE=1"},
        {"RSET", "250 2.0.0 Ok"},
        {"MAIL FROM:<a@b> SIZE=10000 BODY=8BITMIME", "250 2.1.0 Ok"},
        {"MAIL FROM:<a@b>", "503 5.5.1 Error: nested MAIL command"},
        {"DATA", "554 5.5.1 Error: no valid recipients"},
        {"RCPT TO:<>", "501 5.1.3 Bad recipient address syntax"},
        {"RCPT TO:", "501 5.5.4 Syntax: RCPT TO:<address>"},
        {"RCPT TO:<a@b> FOO=NEVER", "555 5.5.4 Unsupported option: FOO=NEVER"},
        {"RCPT TO:<@r,@s:\"x y\"@b>", "250 2.1.5 Ok"},
        {"DATA x", "501 5.5.4 Syntax: DATA"},
        {"HELO client", "250 mx.example.com"},
        {"DATA", "503 5.5.1 Error: need RCPT command"},
    };
    options.hard_error_limit = 100;
    Steps steps;
    for (const auto& row : rows)
        steps.push_back({row.command + std::string("\r\n"), row.reply + std::string("\r\n")});
    talk(steps);
    EXPECT_TRUE(stored().empty());
}

TEST_F(SmtpdDialogue, TakesPipelinedCommandsWithContent) {
    talk({{"MAIL FROM:<>\r\nRCPT TO:<c@d>\r\nRCPT TO:<root>\r\nRCPT TO:<c@d>\r\nDATA\r\n",
           ok_mail + ok_rcpt + ok_rcpt + ok_rcpt + go_ahead},
          {"\r\nx\r\n.\r\nMAIL FROM:<e@f>\r\nRCPT TO:<g@h>\r\nDATA\r\n",
           queued + ok_mail + ok_rcpt + go_ahead},
          {"\r\ny\r\n.\r\nQUIT\r\n", queued + bye}});
    auto found = stored();
    ASSERT_EQ(found.size(), 2u);
    ASSERT_EQ(found[0].envelope.recipients.size(), 2u);
    EXPECT_EQ(found[0].envelope.recipients[1].address, "root@example.com");
    EXPECT_EQ(found[0].envelope.recipients[1].original, "root");
    EXPECT_EQ(found[0].envelope.sender, "");
    EXPECT_EQ(found[1].envelope.sender, "e@f");
}

TEST_F(SmtpdDialogue, RefusesRelayingForStrangers) {
    client_address = "192.0.2.7";
    talk({{"MAIL FROM:<a@b>\r\n", ok_mail},
          {"RCPT TO:<c@d>\r\n", "554 5.7.1 <c@d>: Relay access denied\r\n"},
          {"DATA\r\n", "554 5.5.1 Error: no valid recipients\r\n"},
          {"VRFY c@d\r\n", "554 5.7.1 <c@d>: Relay access denied\r\n"},
          {"QUIT\r\n", bye}});
    auto log = logged();
    EXPECT_NE(log.find("]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 <c@d>: Relay "
                       "access denied; from=<a@b> to=<c@d> proto=ESMTP helo=<client.example>\n"),
              log.npos)
        << log;
    EXPECT_NE(log.find("]: disconnect from unknown[192.0.2.7] ehlo=1 mail=1 rcpt=0/1 data=0/1 "
                       "vrfy=0/1 quit=1 commands=3/6\n"),
              log.npos)
        << log;
}

TEST_F(SmtpdDialogue, LogsAMessage) {
    talk(with(
        transaction,
        {{"DATA\r\n", go_ahead}, {"Message-ID: <m@n>\r\n\r\n.\r\n", queued}, {"QUIT\r\n", bye}}));
    auto log = logged();
    auto id = stored().at(0).envelope.queue_id;
    size_t at = 0;
    for (const std::string& line :
         std::vector<std::string>{"connect from unknown[127.0.0.1]",
                                  id + ": client=unknown[127.0.0.1]", id + ": message-id=<m@n>",
                                  "disconnect from unknown[127.0.0.1] ehlo=1 mail=1 rcpt=1 "
                                  "data=1 quit=1 commands=5"}) {
        at = log.find("]: " + line + "\n", at);
        ASSERT_NE(at, log.npos) << line << "\n" << log;
    }
    EXPECT_NE(log.find("postfix/cleanup["), log.npos);
}

TEST_F(SmtpdDialogue, LimitsRecipients) {
    options.recipient_limit = 2;
    options.recipient_overshoot_limit = 1;
    options.hard_error_limit = 1;
    const std::string refused = "452 4.5.3 Error: too many recipients\r\n";
    talk({{"MAIL FROM:<a@b>\r\n", ok_mail},
          {"RCPT TO:<a@b>\r\nRCPT TO:<b@b>\r\n", ok_rcpt + ok_rcpt},
          {"RCPT TO:<c@b>\r\n", refused},
          {"RCPT TO:<d@b>\r\n", refused + "421 4.7.0 mx.example.com Error: too many errors\r\n"}});
}

TEST_F(SmtpdDialogue, EndsAfterTooManyErrors) {
    Steps steps;
    for (int i = 0; i < 19; ++i)
        steps.push_back({"FOO\r\n", "500 5.5.2 Error: command not recognized\r\n"});
    steps.push_back({"FOO\r\n",
                     "500 5.5.2 Error: command not recognized\r\n"
                     "421 4.7.0 mx.example.com Error: too many errors\r\n"});
    talk(steps);
    EXPECT_NE(logged().find(": too many errors after UNKNOWN from unknown[127.0.0.1]"),
              std::string::npos);
}

TEST_F(SmtpdDialogue, CountsJunkCommands) {
    options.junk_command_limit = 3;
    options.hard_error_limit = 2;
    Steps steps(4, {"NOOP\r\n", "250 2.0.0 Ok\r\n"});
    steps.push_back(
        {"RSET\r\n", "250 2.0.0 Ok\r\n421 4.7.0 mx.example.com Error: too many errors\r\n"});
    talk(steps);
}

TEST_F(SmtpdDialogue, ObeysOtherCommandsWhereAFilterSaysSo) {
    main_cf += "smtpd_command_filter = inline:{{FOO=NOOP},{Fail=QUIT}}\n";
    talk({{"FOO\r\n", "250 2.0.0 Ok\r\n"},
          {"  FOO  \r\n", "250 2.0.0 Ok\r\n"},
          {"BAR\r\n", "500 5.5.2 Error: command not recognized\r\n"},
          {"FAIL\r\n", bye}});
    EXPECT_NE(logged().find("unknown[127.0.0.1]: replacing command \"FOO\" with \"NOOP\"\n"),
              std::string::npos);
    main_cf += "smtpd_command_filter = fail:broken\n";
    talk_raw(
        {{"", greeting}, {"EHLO x\r\n", "421 4.3.0 mx.example.com Server local data error\r\n"}});
    EXPECT_NE(logged().find("warning: smtpd_command_filter: lookup error for \"EHLO x\" from "
                            "unknown[127.0.0.1]\n"),
              std::string::npos);
}

TEST_F(SmtpdDialogue, DropsForeignProtocols) {
    talk_raw({{"", greeting},
              {"GET / HTTP/1.0\r\n", "221 2.7.0 Error: I can break rules, too. Goodbye.\r\n"}});
    talk({{"Subject: hello\r\n", "221 2.7.0 Error: I can break rules, too. Goodbye.\r\n"}});
    main_cf += "smtpd_forbidden_commands = !GET, inline:{PUT=x}, /dev/null\n";
    talk({{"GET /\r\n", "500 5.5.2 Error: command not recognized\r\n"},
          {": x\r\n", "500 5.5.2 Error: command not recognized\r\n"},
          {"put x\r\n", "221 2.7.0 Error: I can break rules, too. Goodbye.\r\n"}});
    EXPECT_NE(logged().find("warning: non-SMTP command from unknown[127.0.0.1]: GET / HTTP/1.0"),
              std::string::npos);
}

TEST_F(SmtpdDialogue, RefusesWhatWasSentTooEarly) {
    const std::string refusal = "554 5.5.0 Error: SMTP protocol synchronization\r\n";
    talk_raw({{"EHLO x\r\n", greeting + refusal}});
    talk_raw({{"", greeting}, {"EHLO x\r\nMAIL FROM:<a@b>\r\n", refusal}});
    talk_raw({{"", greeting},
              {"HELO x\r\n", "250 mx.example.com\r\n"},
              {"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n", refusal}});
    talk(with(transaction, {{"DATA\r\nSubject: x\r\n", refusal}}));
    EXPECT_NE(logged().find("improper command pipelining after DATA from unknown[127.0.0.1]: "
                            "Subject: x\\r\\n"),
              std::string::npos);
    EXPECT_NE(logged().find("improper command pipelining after CONNECT from"), std::string::npos);
    options.forbid_unauth_pipelining = false;
    talk_raw(
        {{"", greeting}, {"HELO x\r\nMAIL FROM:<a@b>\r\n", "250 mx.example.com\r\n" + ok_mail}});
}

TEST_F(SmtpdDialogue, RefusesLongLines) {
    std::string line(2048, 'x');
    talk({{line + "\r\n", "500 5.5.2 Error: line too long\r\n"},
          {line + line + line + "\n", "500 5.5.2 Error: line too long\r\n"},
          {"NOOP " + std::string(2041, 'x') + "\r\n", "250 2.0.0 Ok\r\n"}});
}

TEST_F(SmtpdDialogue, ComesBackLater) {
    hurry.set();
    talk_raw(
        {{"", greeting}, {"EHLO x\r\n", "421 4.3.2 mx.example.com Service shutting down\r\n"}});
}

TEST_F(SmtpdDialogue, AsksForHello) {
    options.helo_required = true;
    options.strict_envelopes = true;
    talk_raw({{"", greeting},
              {"MAIL FROM:<a@b>\r\n", "503 5.5.1 Error: send HELO/EHLO first\r\n"},
              {"HELO x\r\n", "250 mx.example.com\r\n"},
              {"MAIL FROM:a@b\r\n", "501 5.1.7 Bad sender address syntax\r\n"}});
}

TEST_F(SmtpdDialogue, OffersOnlyWhatIsNotDiscarded) {
    options.discarded_ehlo_keywords = {"chunking", "SIZE"};
    options.disable_vrfy = true;
    options.noop_commands = {"PING"};
    talk_raw({{"", greeting},
              {"EHLO x\r\n",
               "250-mx.example.com\r\n250-PIPELINING\r\n250-ETRN\r\n250-ENHANCEDSTATUSCODES\r\n"
               "250-8BITMIME\r\n250 DSN\r\n"},
              {"BDAT 0 LAST\r\n", "502 5.5.1 Error: command not implemented\r\n"},
              {"VRFY x\r\n", "502 5.5.1 VRFY command is disabled\r\n"},
              {"MAIL FROM:<a@b> SIZE=1\r\n", "555 5.5.4 Unsupported option: SIZE=1\r\n"},
              {"ping\r\n", "250 2.0.0 Ok\r\n"}});
}

}  // namespace
