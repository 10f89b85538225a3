// AUTH, and what restrictions make of who has logged in.
#include "smtpd/auth.h"

#include "lib/base/text.h"
#include "tests/unit/smtpd/dialogue.h"

namespace smtpd_test {

namespace {

using sasl::Step;

// Knows "secret": PLAIN in one step, LOGIN in two. "busy" is never told now.
class Exchange : public sasl::Exchange {
  public:
    io::Task<Step> start(std::string mechanism, std::optional<std::string> initial) override {
        left_ = base::equal_nocase(mechanism, "LOGIN") ? 2 : 1;
        if (!initial)
            co_return Step(Step::challenge, left_ == 2 ? "VXNlcg==" : "");
        co_return co_await answer(std::move(*initial));
    }
    io::Task<Step> answer(std::string response) override {
        if (--left_ > 0)
            co_return Step(Step::challenge, "UGFzcw==");
        if (response == "busy")
            co_return Step(Step::trouble, "Authentication backend error");
        if (response == "secret")
            co_return Step(Step::done, "", "bob");
        if (response == "evil")
            co_return Step(Step::done, "", "bob\nSubject: x");
        co_return Step(Step::failed, response == "why" ? "because" : "", "bob");
    }

  private:
    int left_ = 0;
};

class Server : public sasl::Verifier {
  public:
    io::Task<void> run() override { co_return; }
    io::Task<std::optional<sasl::Offers>> mechanisms(sasl::Demands demands) override {
        if (!there)
            co_return std::nullopt;
        sasl::Offers fitting;
        for (sasl::Offer m :
             {sasl::Offer{"PLAIN", sasl::property::plaintext},
              sasl::Offer{"LOGIN", sasl::property::plaintext}, sasl::Offer{"EXTERNAL", 0}})
            if (demands.met_by(m))
                fitting.push_back(m);
        co_return fitting;
    }
    io::Task<Step> not_offered(std::string, sasl::Demands) override {
        co_return Step(Step::failed, "No such mechanism");
    }
    std::unique_ptr<sasl::Exchange> begin(sasl::Peer) override {
        return std::make_unique<Exchange>();
    }
    bool there = true;
};

class Auth : public Dialogue {
  protected:
    Auth()
        : settings_(config::Settings::from(config::MainCf::parse("", "main.cf"), "/")),
          tables_(settings_),
          logins_(smtpd::AuthOptions(), server_of(this),
                  dict::MatchList::of(dict::MatchList::Of::strings, tables_, settings_,
                                      "smtpd_sasl_mechanism_filter")) {
        logins = &logins_;
        main_cf +=
            "smtpd_relay_restrictions = permit_sasl_authenticated, reject\n"
            "smtpd_recipient_restrictions =\n";
    }
    static std::unique_ptr<sasl::Verifier> server_of(Auth* test) {
        auto server = std::make_unique<Server>();
        test->server_ = server.get();
        return server;
    }
    static std::string ehlo(std::string_view auth) {
        return base::text("250-mx.example.com\r\n250-PIPELINING\r\n250-SIZE 10000\r\n250-VRFY\r\n",
                          "250-ETRN\r\n", auth,
                          "250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250 CHUNKING\r\n");
    }
    void hello_and(Steps steps, std::string_view auth = "250-AUTH PLAIN LOGIN\r\n") {
        steps.insert(steps.begin(), {{"", greeting}, {"EHLO c.example\r\n", ehlo(auth)}});
        talk_raw(steps);
    }
    bool has_logged(std::string_view text) { return logged().find(text) != std::string::npos; }

    config::Settings settings_;
    dict::Tables tables_;
    Server* server_ = nullptr;
    smtpd::Logins logins_;
};

const std::string welcome = "235 2.7.0 Authentication successful\r\n";
const std::string wrong = "535 5.7.8 Error: authentication failed: (reason unavailable)\r\n";
const std::string mail = "MAIL FROM:<a@b.example>\r\n";
const std::string rcpt = "RCPT TO:<r@far.example>\r\n";

TEST_F(Auth, MechanismsTakeTheirSteps) {
    hello_and({{"AUTH PLAIN secret\r\n", welcome},
               {"AUTH PLAIN secret\r\n", "503 5.5.1 Error: already authenticated\r\n"},
               {mail, ok_mail},
               {rcpt, ok_rcpt},
               {"DATA\r\n", go_ahead},
               {".\r\n", queued}});
    hello_and({{"AUTH LOGIN\r\n", "334 VXNlcg==\r\n"},
               {"Ym9i\r\n", "334 UGFzcw==\r\n"},
               {"no\r\n", wrong},
               {"auth login Ym9i\r\n", "334 UGFzcw==\r\n"},
               {"secret\r\n", welcome}});
    hello_and({{"AUTH PLAIN\r\n", "334 \r\n"}, {"secret\r\n", welcome}});
    auto messages = stored();
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_EQ(messages[0].envelope.protocol, "ESMTPA");
    EXPECT_EQ(messages[0].envelope.note("sasl_username"), "bob");
    EXPECT_EQ(messages[0].content.find("Authenticated"), std::string::npos);
    EXPECT_TRUE(has_logged("client=unknown[127.0.0.1], sasl_method=PLAIN, sasl_username=bob"));
    EXPECT_TRUE(
        has_logged("warning: unknown[127.0.0.1]: SASL LOGIN authentication failed: "
                   "(reason unavailable), sasl_username=bob"));
    EXPECT_TRUE(has_logged("auth=1/2"));
}

TEST_F(Auth, FailuresAreSaidAndCounted) {
    options.hard_error_limit = 7;
    hello_and(
        {{"AUTH PLAIN why\r\n", "535 5.7.8 Error: authentication failed: because\r\n"},
         {"AUTH PLAIN busy\r\n",
          "454 4.7.0 Temporary authentication failure: Authentication backend error\r\n"},
         {"AUTH PLAIN evil\r\n", wrong},
         {"AUTH EXTERNAL =\r\n", "535 5.7.8 Error: authentication failed: No such mechanism\r\n"},
         {"AUTH LOGIN\r\n", "334 VXNlcg==\r\n"},
         {"*\r\n", "501 5.7.0 Authentication aborted\r\n"},
         {"AUTH\r\n", "501 5.5.4 Syntax: AUTH mechanism\r\n"},
         {"AUTH PLAIN a b\r\n",
          "501 5.5.4 Syntax: AUTH mechanism\r\n421 4.7.0 mx.example.com Error: too many "
          "errors\r\n"}});
    EXPECT_TRUE(has_logged("SASL LOGIN authentication aborted"));
    EXPECT_TRUE(has_logged("too many errors after AUTH"));
}

TEST_F(Auth, IsNotForEverybodyNorAlways) {
    hello_and({{mail, ok_mail},
               {"AUTH PLAIN secret\r\n", "503 5.5.1 Error: MAIL transaction in progress\r\n"},
               {rcpt, "554 5.7.1 <r@far.example>: Recipient address rejected: Access denied\r\n"}});
    std::string before = main_cf;
    main_cf += "smtpd_sasl_exceptions_networks = !192.0.2.1, 127.0.0.0/8\n";
    hello_and({{"AUTH PLAIN secret\r\n", welcome}}, "");  // it is only not offered
    main_cf = before;
    options.discarded_ehlo_keywords = {"auth"};
    hello_and({{"AUTH PLAIN secret\r\n", "503 5.5.1 Error: authentication not enabled\r\n"},
               {"MAIL FROM:<a@b.c> AUTH=<>\r\n", "555 5.5.4 Unsupported option: AUTH=<>\r\n"}},
              "");
    options.discarded_ehlo_keywords.clear();
    options.helo_required = true;
    talk_raw(
        {{"", greeting}, {"AUTH PLAIN secret\r\n", "503 5.5.1 Error: send HELO/EHLO first\r\n"}});
    server_->there = false;
    hello_and({{"AUTH PLAIN secret\r\n",
                "454 4.7.0 Temporary authentication failure: Connection lost to authentication "
                "server\r\n"}},
              "");
    EXPECT_TRUE(has_logged("no SASL authentication mechanisms"));
}

TEST_F(Auth, OptionsDecideWhatIsOffered) {
    auto with = [&](smtpd::AuthOptions auth, std::string_view offered, const Steps& steps) {
        auto server = std::make_unique<Server>();
        smtpd::Logins others(
            auth, std::move(server),
            dict::MatchList::parse(dict::MatchList::Of::strings, tables_, "!plain, static:rest"));
        logins = &others;
        hello_and(steps, offered);
        logins = &logins_;
    };
    smtpd::AuthOptions auth;
    auth.broken_clients = true;
    with(auth, "250-AUTH LOGIN EXTERNAL\r\n250-AUTH=LOGIN EXTERNAL\r\n",
         {{"AUTH PLAIN secret\r\n",
           "535 5.7.8 Error: authentication failed: No such mechanism\r\n"}});
    auth.plain.unwanted = sasl::property::plaintext;
    with(auth, "250-AUTH EXTERNAL\r\n250-AUTH=EXTERNAL\r\n", {});
    // Nothing is left of what there is: then nobody logs in.
    auth.plain.unwanted = sasl::property::plaintext | sasl::property::active;
    auth.plain.needed = sasl::property::mutual_auth;
    with(auth, "",
         {{"AUTH PLAIN secret\r\n",
           "535 5.7.8 Error: authentication failed: No such mechanism\r\n"}});
    auth.tls_only = true;
    with(auth, "", {{"AUTH PLAIN secret\r\n", "503 5.5.1 Error: authentication not enabled\r\n"}});
}

TEST_F(Auth, AFilterThatDoesNotAnswerIsNoWrongPassword) {
    smtpd::Logins others(
        smtpd::AuthOptions(), std::make_unique<Server>(),
        dict::MatchList::parse(dict::MatchList::Of::strings, tables_, "!external, fail:gone"));
    logins = &others;
    hello_and({{"AUTH PLAIN secret\r\n",
                "454 4.7.0 Temporary authentication failure: Connection lost to authentication "
                "server\r\n"}},
              "");
    logins = &logins_;
    EXPECT_TRUE(has_logged("warning: smtpd_sasl_mechanism_filter: "));
}

TEST_F(Auth, ResponsesAreBounded) {
    smtpd::AuthOptions auth;
    auth.response_limit = 20;
    smtpd::Logins others(auth, std::make_unique<Server>(),
                         dict::MatchList::parse(dict::MatchList::Of::strings, tables_, "plain"));
    logins = &others;
    hello_and({{"AUTH PLAIN\r\n", "334 \r\n"},
               {std::string(100, 'x') + "\r\n", "500 5.5.6 SASL response limit exceeded\r\n"},
               {"NOOP\r\n", "250 2.0.0 Ok\r\n"}},
              "250-AUTH PLAIN\r\n");
    options.bare_lf = smtpd::BareLf::reject;
    hello_and({{"AUTH PLAIN\r\n", "334 \r\n"},
               {"secret\n", "550 5.5.2 mx.example.com Error: bare <LF> received\r\n"}},
              "250-AUTH PLAIN\r\n");
}

TEST_F(Auth, WhatIsPipelinedBehindItIsNeitherObeyedNorLogged) {
    hello_and({{"AUTH PLAIN\r\nsecret\r\n", "554 5.5.0 Error: SMTP protocol synchronization\r\n"}});
    EXPECT_TRUE(has_logged("improper command pipelining after AUTH"));
    const std::string refusal = "554 5.5.0 Error: SMTP protocol synchronization\r\n";
    talk_raw({{"", greeting}, {"EHLO c\r\nNOOP\r\nauth\tPLAIN secret\r\n", refusal}});
    talk_raw({{"", greeting}, {"EHLO c\r\nAUTH LOGIN\r\nbob\r\nsecret\r\n", refusal}});
    EXPECT_TRUE(has_logged("pipelining after EHLO from unknown[127.0.0.1]: NOOP\\r\\nAUTH ...\n"));
    main_cf += "smtpd_command_filter = static:NOOP\n";
    talk_raw({{"", greeting}, {"AUTH\tPLAIN secret\r\n", "250 2.0.0 Ok\r\n"}});
    EXPECT_TRUE(has_logged("replacing command \"AUTH ...\" with \"NOOP\""));
    EXPECT_FALSE(has_logged("secret"));
}

TEST_F(Auth, MailSaysWhoseItIs) {
    options.names_login = true;
    hello_and(
        {{"AUTH PLAIN secret\r\n", welcome},
         {"MAIL FROM:<a@b.c> AUTH=x AUTH=y\r\n", "503 5.5.4 Error: multiple AUTH= options\r\n"},
         {"MAIL FROM:<a@b.c> AUTH=+4\r\n", "501 5.5.4 Bad AUTH parameter syntax\r\n"},
         {"MAIL FROM:<a@b.c> AUTH=e+3Dm\r\n", ok_mail},
         {rcpt, ok_rcpt},
         {"DATA\r\n", go_ahead},
         {".\r\n", queued},
         {mail, ok_mail},
         {rcpt, ok_rcpt}});
    auto messages = stored();
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_NE(messages[0].content.find("\r\n\t(Authenticated sender: bob)\r\n\tby mx.example.com"),
              std::string::npos)
        << messages[0].content;
    EXPECT_EQ(messages[0].envelope.note("sasl_sender"), "e=m");
    EXPECT_TRUE(has_logged("sasl_username=bob, sasl_sender=e=m\n"));
    EXPECT_TRUE(has_logged("sasl_username=bob\n"));
}

TEST_F(Auth, SendersHaveOwners) {
    struct Row {
        const char* rule;
        const char* sender;
        bool logged_in;
        const char* refusal;  // null: none
    };
    const char* not_owned = "not owned by user bob";
    const char* nobody = "not logged in";
    const Row rows[] = {
        {"reject_sender_login_mismatch", "bob@b.c", true, nullptr},
        {"reject_sender_login_mismatch", "bob+x@b.c", true, nullptr},
        {"reject_sender_login_mismatch", "eve@b.c", true, not_owned},
        {"reject_sender_login_mismatch", "free@b.c", true, not_owned},
        {"reject_sender_login_mismatch", "eve@b.c", false, nobody},
        {"reject_sender_login_mismatch", "free@b.c", false, nullptr},
        {"reject_sender_login_mismatch", "", true, nullptr},
        {"reject_authenticated_sender_login_mismatch", "eve@b.c", false, nullptr},
        {"reject_authenticated_sender_login_mismatch", "free@b.c", true, not_owned},
        {"reject_known_sender_login_mismatch", "free@b.c", true, nullptr},
        {"reject_known_sender_login_mismatch", "eve@b.c", true, not_owned},
        {"reject_unauthenticated_sender_login_mismatch", "eve@b.c", true, nullptr},
        {"reject_unauthenticated_sender_login_mismatch", "any@wide.c", false, nobody},
    };
    std::string before = main_cf;
    for (const Row& row : rows) {
        main_cf = base::text(
            before,
            "recipient_delimiter = +\nsmtpd_sender_login_maps = inline:{ {bob@b.c = al, Bob}, ",
            "{eve@b.c = eve}, {@wide.c = eve bob} }\n",
            "smtpd_relay_restrictions = permit_mynetworks, reject\n",
            "smtpd_sender_restrictions = ", row.rule, "\n");
        Steps steps = {{base::text("MAIL FROM:<", row.sender, ">\r\n"), ok_mail}};
        if (row.logged_in)
            steps.insert(steps.begin(), {"AUTH PLAIN secret\r\n", welcome});
        steps.push_back({rcpt, row.refusal == nullptr ? ok_rcpt
                                                      : base::text("553 5.7.1 <", row.sender,
                                                                   ">: Sender address rejected: ",
                                                                   row.refusal, "\r\n")});
        hello_and(steps);
    }
    main_cf = base::text(before, "smtpd_sender_login_maps = fail:trouble\n",
                         "smtpd_sender_restrictions = reject_sender_login_mismatch\n");
    hello_and({{mail, ok_mail}, {rcpt, "451 4.3.0 <a@b.example>: Temporary lookup failure\r\n"}});
}

TEST_F(Auth, AccessTablesKnowUsers) {
    main_cf += "smtpd_client_restrictions = check_sasl_access inline:{ {bob = REJECT go away} }\n";
    hello_and({{"AUTH PLAIN secret\r\n", welcome},
               {mail, ok_mail},
               {rcpt, "554 5.7.1 <bob>: SASL login name rejected: go away\r\n"}});
    EXPECT_TRUE(has_logged("sasl_method=PLAIN sasl_username=bob"));
}

TEST_F(Auth, AnotherClientMayHaveLoggedIn) {
    main_cf +=
        "smtpd_authorized_xclient_hosts = 127.0.0.1\n"
        "local_header_rewrite_clients = permit_sasl_authenticated\n";
    const std::string xclient =
        "250-XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT\r\n";
    hello_and({{"XCLIENT LOGIN=al\r\n", greeting},
               {"EHLO c\r\n", ehlo("250-AUTH PLAIN LOGIN\r\n" + xclient)},
               {"AUTH PLAIN secret\r\n", "503 5.5.1 Error: already authenticated\r\n"},
               {"MAIL FROM:<a@b.example>\r\n", ok_mail},
               {rcpt, ok_rcpt},
               {"DATA\r\n", go_ahead},
               {".\r\n", queued},
               {"XCLIENT LOGIN=[UNAVAILABLE]\r\n", greeting},
               {"AUTH PLAIN secret\r\n", welcome}},
              "250-AUTH PLAIN LOGIN\r\n" + xclient);
    EXPECT_TRUE(has_logged("sasl_method=XCLIENT, sasl_username=al"));
    auto messages = stored();
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_NE(messages[0].content.find("Message-Id:"), std::string::npos);
}

}  // namespace

}  // namespace smtpd_test
