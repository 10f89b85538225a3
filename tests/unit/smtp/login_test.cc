// Logging in, dialogue by dialogue.
#include "smtp/login.h"

#include "lib/sasl/properties.h"
#include "tests/unit/smtp/login_world.h"

namespace smtp_test {
namespace {

TEST_F(LoginTest, EachMechanism) {
    smtp::Credentials ali = password("ali", "open sesame");
    expect_login(ali, "PLAIN LOGIN", then({plain, "S 235 ok"}, delivery), sent);
    expect_login(ali, "LOGIN",
                 then({"C AUTH LOGIN", "S 334 VXNlcm5hbWU6", "C " + to_base64("ali"),
                       "S 334 UGFzc3dvcmQ6", "C " + to_base64("open sesame"), "S 235 ok"},
                      delivery),
                 sent);
    // The example of RFC 2195.
    expect_login(
        password("tim", "tanstaaftanstaaf"), "PLAIN CRAM-MD5",
        then({"C AUTH CRAM-MD5", "S 334 " + to_base64("<1896.697170952@postoffice.reston.mci.net>"),
              "C " + to_base64("tim b913a602c7eda7a495b4e6e7334d3890"), "S 235 ok"},
             delivery),
        sent);
    expect_login(token({"tok"}), "PLAIN XOAUTH2",
                 then({"C AUTH XOAUTH2 " + xoauth2("tok"), "S 235 ok"}, delivery), sent);
    // It may be a newer one than when the connection was asked for.
    smtp::Credentials outdated = token({"new"});
    outdated.account.secret = "old";
    expect_login(outdated, "XOAUTH2",
                 then({"C AUTH XOAUTH2 " + xoauth2("new"), "S 235 ok"}, delivery), sent);
    outdated = token({});
    outdated.account.secret = "old";
    expect_login(outdated, "XOAUTH2",
                 then({"C AUTH XOAUTH2 " + xoauth2("old"), "S 235 ok"}, delivery), sent);
    expect_login(token({"tok"}), "XOAUTH2 OAUTHBEARER",
                 then({"C AUTH OAUTHBEARER " +
                           to_base64("n,a=ali,\1host=192.0.2.1\1port=25\1auth=Bearer tok\1\1"),
                       "S 235 ok"},
                      delivery),
                 sent);
    expect_login(ali, "=PLAIN", then({plain, "S 235 ok"}, delivery), sent);
}

TEST_F(LoginTest, WhatDoesNotFitOneLineFollows) {
    std::string large(600, 't');
    expect_login(token({large}), "XOAUTH2",
                 then({"C AUTH XOAUTH2", "S 334 ", "C " + xoauth2(large), "S 235 ok"}, delivery),
                 sent);
    EXPECT_EQ(dialer.heard.back().commands[1], "AUTH XOAUTH2");
    expect_login(token({large}), "XOAUTH2",
                 {"C AUTH XOAUTH2", "S 334 " + to_base64("hurry"), "C *", "S 501 cancelled", "E"},
                 "deferred 4.7.0 SASL authentication failed; cannot authenticate to server "
                 "192.0.2.1[192.0.2.1]: the server did not wait");
}

TEST_F(LoginTest, WhatAServerQuotesOfALoginIsNotTold) {
    const std::string coded = to_base64("\0ali\0open sesame"s);
    expect_login(password("ali", "open sesame"), "PLAIN",
                 {plain, "S 535 5.7.8 open sesame in " + coded + "?", "E"},
                 "deferred 4.7.8 SASL authentication failed; server 192.0.2.1[192.0.2.1] said: 535 "
                 "5.7.8 ... in ...?");
    EXPECT_FALSE(logged("sesame"));
    EXPECT_EQ(log.find(coded), std::string::npos);
}

TEST_F(LoginTest, NeverWithoutTheLoginThatThereIs) {
    const char* none =
        "deferred 4.7.0 SASL authentication failed: server 192.0.2.1[192.0.2.1] offered no "
        "compatible authentication mechanisms for this type of connection security";
    expect_login(password("ali", "x"), "GSSAPI XOAUTH2", {"E"}, none);
    expect_login(token({"tok"}), "PLAIN", {"E"}, none);
    options.login.demands = sasl::no_plaintext | sasl::no_anonymous;
    expect_login(password("ali", "x"), "PLAIN LOGIN ANONYMOUS", {"E"}, none);
    logins->by_sender["s@example.org"] = password("ali", "x");
    serve(first_key, {"S 220 mx", "C EHLO", "S 250 mx", "E"});
    send(one, here);
    EXPECT_EQ(last(),
              "deferred 4.7.0 SASL authentication failed: server 192.0.2.1[192.0.2.1] does not "
              "offer to log in (AUTH)");
    pass(10s);
    // The next one of a list has the mail.
    serve(first_key, {"S 220 mx", "C EHLO", "S 250 mx", "E"});
    options.login.demands = 0;
    serve(second_key, offering("PLAIN", then({"C AUTH PLAIN", "S 235 ok"}, delivery)));
    send(one);
    EXPECT_EQ(last(), sent);
}

TEST_F(LoginTest, Refusals) {
    struct Row {
        const char* reply;
        const char* outcome;
        bool soft = true, health = true;
    };
    const Row rows[] = {
        {"535 5.7.8 no",
         "deferred 4.7.8 SASL authentication failed; server 192.0.2.1[192.0.2.1] "
         "said: 535 5.7.8 no"},
        {"535 no", "deferred 4.0.0 SASL authentication failed; server"},
        {"454 4.7.0 later", "deferred 4.7.0 SASL"},
        {"535 5.7.8 no", "deferred 4.7.8", false, true},  // a configured relay returns nothing
        {"535 5.7.8 no", "bounced 5.7.8", false, false},
        {"535 5.7.8 no", "deferred 4.7.8", true, false},
        {"421 4.3.2 bye", "deferred 4.3.2"},
        {"200 what", sent},
    };
    for (const Row& row : rows) {
        options.login.soft_bounce = row.soft;
        change().health = row.health;
        Script rest = {plain, std::string("S ") + row.reply};
        rest = then(rest, row.outcome == std::string(sent) ? delivery : Script{"E"});
        expect_login(password("ali", "open sesame"), "PLAIN", rest, row.outcome);
    }
}

TEST_F(LoginTest, AServerThatLiesIsLeft) {
    smtp::Credentials ali = password("ali", "open sesame");
    const std::string failed =
        "deferred 4.7.0 SASL authentication failed; cannot authenticate to server "
        "192.0.2.1[192.0.2.1]: ";
    expect_login(ali, "SCRAM-SHA-256 PLAIN", {"C AUTH SCRAM-SHA-256 ", "S 235 welcome", "E"},
                 failed + "it has not proven");
    expect_login(ali, "SCRAM-SHA-1",
                 {"C AUTH SCRAM-SHA-1 ", "S 334 " + to_base64("r=mine,s=c2FsdA==,i=4096"), "C *",
                  "S 501 no", "E"},
                 failed);
    expect_login(ali, "CRAM-MD5", {"C AUTH CRAM-MD5", "S 334 no base64!", "C *", "S 501 no", "E"},
                 failed + "malformed challenge");
    expect_login(token({"tok"}), "XOAUTH2",
                 {"C AUTH XOAUTH2", "S 334 " + to_base64("{}"), "C ", "S 235 welcome", "E"},
                 failed + "it has not proven");
}

TEST_F(LoginTest, ATokenIsRenewedOnce) {
    const std::string why = R"({"status":"401","token":"old"})";
    const Script refused = {"S 334 " + to_base64(why), "C ", "S 535 5.7.8 no"};
    Script renewed = then({"C AUTH XOAUTH2 " + xoauth2("old")}, refused);
    expect_login(token({"old", "new"}), "XOAUTH2",
                 then(renewed, then({"C AUTH XOAUTH2 " + xoauth2("new"), "S 235 ok"}, delivery)),
                 sent);
    expect_login(
        token({"old", "new"}), "XOAUTH2",
        then(renewed, {"C AUTH XOAUTH2 " + xoauth2("new"), "S 535 5.7.8 no", "E"}),
        "deferred 4.7.8 SASL authentication failed; server 192.0.2.1[192.0.2.1] said: 535");
    expect_login(token({"old"}), "XOAUTH2", then(renewed, {"E"}),
                 "deferred 4.7.8 SASL authentication failed; server 192.0.2.1[192.0.2.1] said: 535 "
                 "5.7.8 no ({\"status\":\"401\",\"token\":\"???\"})");
    read_log();
    EXPECT_EQ(log.find("old\""), std::string::npos);
}

TEST_F(LoginTest, LoginsShareNoConnection) {
    logins->by_sender["bob@example.org"] = password("bob", "right");
    const Script two_messages = then({"C AUTH PLAIN", "S 235 ok"},
                                     then(Script(delivery.begin(), delivery.end() - 1), delivery));
    serve(first_key, offering("PLAIN", two_messages));
    serve(first_key,
          offering("PLAIN",
                   then({"C AUTH PLAIN " + to_base64("\0bob\0right"s), "S 235 ok"}, delivery)));
    for (const char* sender : {"s@example.org", "bob@example.org", "s@example.org"}) {
        ipc::DeliveryRequest made = request({"r@x.example"}, here);
        made.sender = sender;
        one.lane.add(std::make_unique<smtp::Job>(std::move(made), options, queue));
    }
    lanes.spawn(one.lane.run());
    loop.run_until_idle();
    EXPECT_EQ(dialer.dialled.size(), 2u);
    for (size_t i = 0; i < 3; ++i)
        EXPECT_EQ(outcome(i), sent);
    for (const Heard& each : dialer.heard)
        EXPECT_EQ(each.wrong, "");
}

TEST_F(LoginTest, SaysThatNobodyVouchesWhereToldTo) {
    options.dummy_mail_auth = true;
    Script mail = delivery;
    mail.front() = "C MAIL FROM:<s@example.org> AUTH=<>";
    expect_login(password("ali", "open sesame"), "PLAIN", then({plain, "S 235 ok"}, mail), sent);
    logins->by_sender.clear();
    serve(first_key, taking("plainly"));
    send(one, here);
    EXPECT_EQ(last(), "sent 2.0.0 250 plainly");
    EXPECT_EQ(dialer.heard.back().commands[1], "MAIL FROM:<s@example.org>");
}

}  // namespace
}  // namespace smtp_test
