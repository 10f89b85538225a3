// Logging in, dialogue by dialogue.
#include "smtp/login.h"

#include "lib/base/base64.h"
#include "lib/sasl/properties.h"
#include "smtp/prober.h"
#include "tests/unit/smtp/relay_world.h"

namespace smtp_test {
namespace {

using base::to_base64;
using health::Scope;
using health::State;
using namespace std::string_literals;

// Gives tokens one after another; the last one again and again.
class FakeTokens : public smtp::TokenSource {
  public:
    explicit FakeTokens(std::deque<std::string> tokens)
        : TokenSource("fake"), tokens_(std::move(tokens)) {}
    io::Task<std::string> token() override {
        if (tokens_.empty())
            throw smtp::NoToken("nobody has one");
        co_return tokens_.front();
    }
    io::Task<std::string> instead_of(std::string refused) override {
        if (!tokens_.empty() && tokens_.front() == refused && tokens_.size() > 1)
            tokens_.pop_front();
        co_return co_await token();
    }

  private:
    std::deque<std::string> tokens_;
};

// Logins by sender.
class FakeLogins : public smtp::Approaches {
  public:
    FakeLogins() : Approaches(nexthop::TlsPolicies()) {}
    std::map<std::string, smtp::Credentials> by_sender;
    bool same_for_all() const override { return false; }
    io::Task<smtp::FoundApproach> find(smtp::Visit visit) override {
        smtp::FoundApproach found;
        auto login = by_sender.find(visit.sender);
        if (login == by_sender.end())
            co_return found;
        auto approach = std::make_shared<smtp::Approach>();
        approach->login = login->second;
        found.approach = std::move(approach);
        co_return found;
    }
};

smtp::Credentials password(const std::string& user, const std::string& secret) {
    smtp::Credentials login;
    login.account.user = user;
    login.account.secret = secret;
    return login;
}

smtp::Credentials token(std::deque<std::string> tokens) {
    smtp::Credentials login = password("ali", tokens.empty() ? "" : tokens.front());
    login.account.proof = sasl::Proof::token;
    login.tokens = std::make_shared<FakeTokens>(std::move(tokens));
    return login;
}

const std::string plain = "C AUTH PLAIN " + to_base64("\0ali\0open sesame"s);

std::string xoauth2(const std::string& token) {
    return to_base64("user=ali\1auth=Bearer " + token + "\1\1");
}

Script offering(const std::string& mechanisms, const Script& rest) {
    Script script = {"S 220 mx", "C EHLO", "S 250-mx", "S 250 AUTH " + mechanisms};
    script.insert(script.end(), rest.begin(), rest.end());
    return script;
}

const Script delivery = {"C MAIL",   "S 250 ok", "C RCPT",     "S 250 ok", "C DATA",
                         "S 354 ok", "D",        "S 250 sent", "Z"};

Script then(Script script, const Script& rest) {
    script.insert(script.end(), rest.begin(), rest.end());
    return script;
}

struct LoginTest : RelayWorld {
    std::shared_ptr<FakeLogins> logins = std::make_shared<FakeLogins>();

    LoginTest() {
        options.approaches = logins;
        logins->by_sender["s@example.org"] = password("ali", "open sesame");
    }
    void expect_login(const smtp::Credentials& login, const std::string& mechanisms,
                      const Script& dialogue, const std::string& outcome) {
        logins->by_sender["s@example.org"] = login;
        serve(first_key, offering(mechanisms, dialogue));
        send(one, here);
        EXPECT_EQ(last().substr(0, outcome.size()), outcome);
        EXPECT_EQ(dialer.heard.back().wrong, "");
        EXPECT_TRUE(last() == "sent 2.0.0 250 sent" || dialer.heard.back().finished) << outcome;
        pass(10s);
        for (const health::Record& record : table.all())
            record.reset("test", loop.now());
    }
};

constexpr const char* sent = "sent 2.0.0 250 sent";

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

TEST_F(LoginTest, OneLoginsTroubleIsNotTheOthers) {
    logins->by_sender["bob@example.org"] = password("bob", "right");
    auto from = [this](const std::string& sender) {
        ipc::DeliveryRequest made = request({"r@x.example"}, both);
        made.configured = true;
        made.sender = sender;
        return made;
    };
    const Script good = {"C AUTH PLAIN", "S 235 ok"};
    serve(first_key, offering("PLAIN", {"C AUTH PLAIN", "S 535 5.7.8 no", "E"}));
    serve(second_key, offering("PLAIN", then(good, delivery)));
    send(one, from("s@example.org"));
    EXPECT_EQ(last(), sent);
    EXPECT_TRUE(logged("CLOSED->OPEN reason=auth_rejected"));
    EXPECT_NE(log.find("relay-health: [192.0.2.1]:25/192.0.2.1 as ali CLOSED->OPEN"),
              std::string::npos);
    // Ali's mail is not tried at the first any more, by any process; bob's is.
    pass(10s);
    serve(second_key, offering("PLAIN", then(good, delivery)));
    send(two, from("s@example.org"));
    EXPECT_EQ(last(), sent);
    EXPECT_EQ(dials(first_key), 1u);
    serve(first_key,
          offering("PLAIN",
                   then({"C AUTH PLAIN " + to_base64("\0bob\0right"s), "S 235 ok"}, delivery)));
    send(one, from("bob@example.org"));
    EXPECT_EQ(last(), sent);
    EXPECT_EQ(dials(first_key), 2u);
    // A new password is a new login.
    pass(10s);
    logins->by_sender["s@example.org"] = password("ali", "open barley");
    serve(first_key, offering("PLAIN", then(good, delivery)));
    send(two, from("s@example.org"));
    EXPECT_EQ(last(), sent);
    EXPECT_EQ(dials(first_key), 3u);
}

TEST_F(LoginTest, ARefusedLoginIsTriedAgainByMailWhenItsTimeIsOver) {
    serve(first_key, offering("PLAIN", {"C AUTH PLAIN", "S 535 5.7.8 no", "E"}));
    send(one, here);
    EXPECT_EQ(last().substr(0, 14), "deferred 4.7.8");
    pass(361s);
    serve(first_key, offering("PLAIN", then({"C AUTH PLAIN", "S 235 ok"}, delivery)));
    send(one, here);
    EXPECT_EQ(last(), sent);
    EXPECT_TRUE(logged("as ali HALF_OPEN->CLOSED"));
}

TEST_F(LoginTest, MailWaitsForItsLoginAlone) {
    const std::string waiting = std::string("smtp:") + here + "|ali";
    serve(first_key, offering("PLAIN", {"C AUTH PLAIN", "S 535 5.7.8 no", "E"}));
    send(one, here);
    send(one, here);
    EXPECT_EQ(last().substr(0, 48), "deferred 4.7.8 the login of ali was refused, and");
    EXPECT_EQ(dials(first_key), 1u) << "it is not tried again, so that no account is locked";
    EXPECT_EQ(list_state(here), State::closed);
    EXPECT_EQ(view(waiting, Scope::nexthop).state, State::open);
    smtp::Prober prober(one.relays, dialer, sites, options);
    io::Scope probers;
    probers.spawn(prober.run());
    auto pass_slowly = [this](base::Duration time) {
        for (; time > 0s; time -= 500ms)
            pass(500ms);
    };
    pass_slowly(20s);
    EXPECT_NE(view(waiting, Scope::nexthop).state, State::closed);
    logins->by_sender["s@example.org"] = password("ali", "open barley");
    pass_slowly(7s);
    EXPECT_EQ(view(waiting, Scope::nexthop).state, State::closed) << "qmgr sends what waits";
    EXPECT_EQ(dials(first_key), 1u);
    probers.cancel();
    loop.run_until_idle();
}

TEST_F(LoginTest, AConnectionToTheNextRelayIsNotKeptForLong) {
    auto from = [this] {
        ipc::DeliveryRequest made = request({"r@x.example"}, both);
        made.configured = true;
        return made;
    };
    serve(first_key, offering("PLAIN", {"C AUTH PLAIN", "S 535 5.7.8 no", "E"}));
    Script many = {"C AUTH PLAIN", "S 235 ok"};
    for (int i = 0; i < 3; ++i)
        many = then(many, Script(delivery.begin(), delivery.end() - 1));
    serve(second_key, offering("PLAIN", then(many, {"Z"})));
    options.idle_limit = 100s;
    send(one, from());
    send(one, from());
    pass(3s);
    send(one, from());
    EXPECT_EQ(dials(second_key), 1u) << "the same connection, while the first has not changed";
    pass(3s);
    logins->by_sender["s@example.org"] = password("ali", "open barley");
    serve(first_key, offering("PLAIN", then({"C AUTH PLAIN", "S 235 ok"}, delivery)));
    send(one, from());
    EXPECT_EQ(last(), sent);
    EXPECT_EQ(dials(first_key), 2u);
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
