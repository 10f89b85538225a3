// What a refused login means for its own mail, for the relay, and for the mail of others.
#include "smtp/prober.h"
#include "smtp/survey.h"
#include "tests/unit/smtp/login_world.h"

namespace smtp_test {
namespace {

using health::Scope;
using health::State;

struct RefusedLogin : LoginTest {
    static io::Task<void> ask(smtp::Survey& survey, std::vector<base::Json>& answers) {
        std::vector<base::Json> found = co_await survey.ask_at(here);
        answers = std::move(found);
    }
};

TEST_F(RefusedLogin, OneLoginsTroubleIsNotTheOthers) {
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

// Who the message is at a host is found out when its turn comes, and then it is another's.
TEST_F(RefusedLogin, ExchangersOfOneRelayArePassedOverToo) {
    names.mx("relay.example", 10, "a.example").mx("relay.example", 20, "b.example");
    names.a("a.example", "192.0.2.1").a("b.example", "192.0.2.2");
    const Script good = {"C AUTH PLAIN", "S 235 ok"};
    serve(first_key, offering("PLAIN", {"C AUTH PLAIN", "S 535 5.7.8 no", "E"}));
    for (Worker* each : {&one, &two}) {
        serve(second_key, offering("PLAIN", then(good, delivery)));
        send(*each, "relay.example");
        EXPECT_EQ(last(), sent);
    }
    EXPECT_EQ(dials(first_key), 1u);
    EXPECT_EQ(dials(second_key), 2u);
}

TEST_F(RefusedLogin, ARefusedLoginIsTriedAgainByMailWhenItsTimeIsOver) {
    serve(first_key, offering("PLAIN", {"C AUTH PLAIN", "S 535 5.7.8 no", "E"}));
    send(one, here);
    EXPECT_EQ(last().substr(0, 14), "deferred 4.7.8");
    pass(361s);
    serve(first_key, offering("PLAIN", then({"C AUTH PLAIN", "S 235 ok"}, delivery)));
    send(one, here);
    EXPECT_EQ(last(), sent);
    EXPECT_TRUE(logged("as ali HALF_OPEN->CLOSED"));
}

TEST_F(RefusedLogin, MailWaitsForItsLoginAlone) {
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

TEST_F(RefusedLogin, WhoseMailWaitsIsKnownAsLongAsItDoes) {
    smtp::Relays& known_to = one.relays;
    health::Subject waiting = known_to.nexthop_of_login(here, "ali");
    known_to.refused(waiting.key, "s@example.org");
    smtp::Standing(known_to, waiting, options.failover).failed(health::Reason::all_relays_down, "");
    size_t known = 0;
    for (int i = 0; i < 1000; ++i)
        known_to.refused(base::text("smtp:x|u", i), "u@example.org");
    for (int i = 0; i < 1000; ++i)
        known += known_to.refused(base::text("smtp:x|u", i)) == nullptr ? 0 : 1;
    EXPECT_LE(known, 100u) << "their records are well";
    ASSERT_NE(known_to.refused(waiting.key), nullptr);
    EXPECT_EQ(*known_to.refused(waiting.key), "s@example.org");
}

// At the second relay all have one login, so that one connection there would do for all.
TEST_F(RefusedLogin, OthersDoNotFollowToTheNextRelay) {
    logins->by_host["192.0.2.2"] = password("all", "shared");
    logins->by_sender["bob@example.org"] = password("bob", "right");
    options.idle_limit = 100s;
    serve(first_key, offering("PLAIN", {"C AUTH PLAIN", "S 535 5.7.8 no", "E"}));
    const Script good = {"C AUTH PLAIN", "S 235 ok"};
    const Script message(delivery.begin(), delivery.end() - 1);
    serve(second_key, offering("PLAIN", then(then(good, message), delivery)));
    ipc::DeliveryRequest bobs = request({"r@x.example"}, both);
    bobs.sender = "bob@example.org";
    bobs.configured = true;
    send(one);
    serve(first_key, offering("PLAIN", then(good, delivery)));
    send(one, bobs);
    EXPECT_EQ(last(), sent);
    EXPECT_EQ(dials(first_key), 2u);
    send(one);
    EXPECT_EQ(last(), sent);
    EXPECT_EQ(dials(second_key), 1u) << "ali's own mail goes on over the connection there";
}

// The token that it takes cannot be had, say.
TEST_F(RefusedLogin, ARelaysReturnIsSeenWithoutALogin) {
    serve(second_key, taking("second"));
    logins->by_sender.clear();
    send(one);
    EXPECT_EQ(state(first_key), State::open);
    logins->silent = true;
    smtp::Prober prober(one.relays, dialer, sites, options);
    io::Scope probers;
    probers.spawn(prober.run());
    serve(first_key, {"S 220 mx", "C EHLO", "S 250 mx", "C QUIT"});
    for (int i = 0; i < 14; ++i)
        pass(500ms);
    EXPECT_EQ(state(first_key), State::ramp);
    probers.cancel();
    loop.run_until_idle();
}

TEST_F(RefusedLogin, AProbeLogsInAndTellsSo) {
    logins->by_sender[""] = password("ali", "open sesame");
    serve(first_key, offering("PLAIN", {plain, "S 235 ok", "C QUIT"}));
    smtp::Survey survey(dialer, sites, options);
    std::vector<base::Json> answers;
    lanes.spawn(ask(survey, answers));
    loop.run_until_idle();
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].text_at("result"), "ok");
    EXPECT_EQ(answers[0].text_at("logged_in_as"), "ali");
    EXPECT_EQ(answers[0].text_at("mechanism"), "PLAIN");
    EXPECT_EQ(answers[0].line().find("sesame"), std::string::npos);
}

TEST_F(RefusedLogin, AConnectionToTheNextRelayIsNotKeptForLong) {
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

}  // namespace
}  // namespace smtp_test
