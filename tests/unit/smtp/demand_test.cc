// Mail that has a wish of its own: that there be TLS on all its way, or that TLS be no obstacle.
#include "smtp/demand.h"

#include "tests/unit/smtp/wishes.h"

namespace smtp_test {
namespace {

struct Demand {
    const char* level;
    const char* action;
    Script script;  // empty: no connection is made
    const char* outcome;
    const char* tls;
};

struct Demands : Wishes, testing::WithParamInterface<Demand> {};

TEST_P(Demands, AreMetOrTheMessageIsReturned) {
    const Demand& row = GetParam();
    policy(row.level, row.action);
    if (!row.script.empty())
        serve(first_key, row.script);
    demand();
    EXPECT_EQ(last(), row.outcome);
    EXPECT_TRUE(logged(base::text(", tls=", row.tls, ", dsn="))) << row.tls << log;
    EXPECT_EQ(dials(first_key), row.script.empty() ? 0u : 1u);
    // It is the message's own matter.
    EXPECT_NE(state(first_key), health::State::open);
    for (const Heard& each : dialer.heard)
        EXPECT_EQ(each.wrong, "");
}

INSTANTIATE_TEST_SUITE_P(
    Table, Demands,
    testing::Values(
        Demand{"secure", "enforce", joined({hello, starttls, able, demanding, gone}), taken,
               "secure/requiretls"},
        Demand{"secure wrappermode=yes", "enforce",
               joined({{"Y", "S 220 mx ESMTP"}, able, demanding, gone}), taken,
               "secure/requiretls"},
        // What it says before TLS does not count.
        Demand{"secure", "enforce",
               joined({{"S 220 mx ESMTP", "C EHLO", "S 250-mx\r\n250-REQUIRETLS\r\n250 STARTTLS"},
                       starttls,
                       again,
                       gone}),
               not_offered, "secure/!requiretls:none"},
        Demand{"verify", "enforce", joined({hello, starttls, again, gone}), not_offered,
               "verify/!requiretls:none"},
        Demand{"none",
               "enforce",
               {},
               "bounced 5.7.10 REQUIRETLS demands TLS, which is not used with host mx.example at "
               "level none",
               "none/!requiretls:noencryption"},
        Demand{"may",
               "enforce",
               {},
               "bounced 5.7.10 REQUIRETLS demands a server that is verified to be one of "
               "mx.example's, which host mx.example is not at TLS level may",
               "may/!requiretls:nocertmatch"},
        Demand{"encrypt",
               "enforce",
               {},
               "bounced 5.7.10 REQUIRETLS demands a server that is verified to be one of "
               "mx.example's, which host mx.example is not at TLS level encrypt",
               "encrypt/!requiretls:nocertmatch"},
        Demand{"none",
               "opportunistic+starttls",
               {},
               "bounced 5.7.10 REQUIRETLS demands TLS, which is not used with host mx.example at "
               "level none",
               "none/!requiretls:noencryption"},
        Demand{"may", "opportunistic+starttls", joined({plain, gone}), in_clear,
               "may:none/!requiretls:nostarttls"},
        // It may have TLS again before long.
        Demand{"may", "opportunistic+starttls",
               joined({{"S 220 mx ESMTP", "C EHLO", "S 250-mx\r\n250 STARTTLS", "C STARTTLS",
                        "S 454 4.7.0 no"},
                       gone}),
               "deferred 4.7.10 REQUIRETLS demands TLS, which host mx.example[192.0.2.1] refused "
               "to start",
               "may:none/!requiretls:nostarttls"},
        Demand{"may", "opportunistic+starttls", joined({hello, starttls, again, quiet, gone}),
               taken, "may/requiretls:none"},
        Demand{"may", "opportunistic+starttls", joined({hello, starttls, able, demanding, gone}),
               taken, "may/requiretls:nocertmatch"},
        Demand{"secure", "opportunistic+starttls", joined({hello, starttls, able, demanding, gone}),
               taken, "secure/requiretls"},
        Demand{"none", "opportunistic", joined({plain, quiet, gone}), taken,
               "none/requiretls:none"},
        Demand{"may", "opportunistic", joined({plain, quiet, gone}), taken,
               "may:none/requiretls:none"},
        Demand{"encrypt", "opportunistic", joined({hello, starttls, able, demanding, gone}), taken,
               "encrypt/requiretls:nocertmatch"},
        Demand{"encrypt", "disable", joined({hello, starttls, able, quiet, gone}), taken,
               "encrypt"}));

TEST_F(Wishes, ARelayThatFallsShortIsPassedOverForOneThatDoesNot) {
    level(both_secure);
    serve(first_key, joined({hello, starttls, again, quiet, gone}));
    serve(second_key, joined({hello, starttls, able, demanding, demanding, gone}));
    demand(two);
    EXPECT_EQ(last(), taken);
    EXPECT_TRUE(
        logged("relay-attempt: [mx.example]:25/192.0.2.1 by=host "
               "result=capability_missing"))
        << log;
    // The connection there is for other mail, and is not asked again for the next such message.
    send(one, wishing(TlsWish::as_configured, two));
    EXPECT_EQ(last(), taken);
    demand(two);
    EXPECT_EQ(last(), taken);
    EXPECT_EQ(dials(first_key), 1u);
    EXPECT_EQ(dials(second_key), 1u);
    for (const char* key : {first_key, second_key})
        EXPECT_EQ(state(key), health::State::closed);
}

TEST_F(Wishes, NorIsItSentBehindOtherMail) {
    const Script pipelining = {"C EHLO", "S 250-mx\r\n250 PIPELINING"};
    serve(first_key, joined({hello,
                             starttls,
                             pipelining,
                             {"C MAIL FROM:<s@example.org>", "C RCPT", "C DATA",
                              "S 250 ok\r\n250 ok", "S 354 go", "D", "S 250 taken"},
                             gone}));
    one.lane.add(std::make_unique<smtp::Job>(wishing(TlsWish::as_configured), options, queue));
    demand();
    EXPECT_EQ(outcome(0), taken);
    EXPECT_EQ(outcome(1), not_offered);
    EXPECT_EQ(dialer.heard.back().wrong, "");
}

TEST_F(Wishes, NothingGoesInTheClearAfterAHandshakeThatBroke) {
    for (auto [action, outcome] :
         {std::pair("opportunistic+starttls", "deferred 4.7.5 Cannot start TLS: handshake failure"),
          std::pair("opportunistic", taken)}) {
        policy("may", action);
        serve(first_key, joined({hello, {"C STARTTLS", "S 220 go", "X"}}));
        serve(first_key,
              joined({{"S 220 mx ESMTP", "C EHLO", "S 250-mx\r\n250 STARTTLS"}, quiet, gone}));
        ipc::DeliveryRequest made = wishing(TlsWish::required);
        made.active_since += 1000s;
        send(one, std::move(made));
        EXPECT_EQ(last(), outcome) << action;
        dialer.scripts[first_key].clear();
        pass(100s);
    }
    EXPECT_TRUE(logged(", tls=may?/requiretls?, dsn=4.7.5"));
    EXPECT_TRUE(logged(", tls=may:none/requiretls:none, dsn=2.0.0"));
}

TEST_F(Wishes, WithoutAnyPoliciesADemandIsADemand) {
    options.approaches = nullptr;
    serve(first_key, joined({plain, gone}));
    demand();
    EXPECT_EQ(last(), in_clear);
}

TEST_F(Wishes, MailThatDoesNotNeedTlsGoesUnderAnyOrNone) {
    level("secure match=other.example");
    serve(first_key, joined({hello, starttls, gone}));
    send(one, relay);
    EXPECT_EQ(last(), "deferred 4.7.5 Server certificate not verified");
    EXPECT_EQ(state(first_key), health::State::open);
    serve(first_key, joined({hello, starttls, again, quiet, end}));
    send(one, wishing(TlsWish::optional));
    EXPECT_EQ(last(), taken);
    EXPECT_TRUE(logged(", tls=may, dsn=2.0.0"));
    // It does not make the relay good for mail that has a policy, nor is its connection.
    EXPECT_EQ(state(first_key), health::State::open);
    send(one, relay);
    EXPECT_EQ(last().substr(0, 8), "deferred");
    EXPECT_EQ(dialer.heard.back().wrong, "");
}

TEST_F(Wishes, WhatExchangersLackIsSaidToBeTls) {
    names.mx("strict.example", 10, "mx.example");
    level("secure match=other.example", "strict.example");
    for (int i = 0; i < 2; ++i)  // the second has the turn to try what is down
        serve(first_key, joined({hello, starttls, gone}));
    for (int i = 0; i < 3; ++i)
        send(one, wishing(TlsWish::as_configured, "strict.example", false));
    EXPECT_TRUE(last().starts_with("deferred 4.4.1 all relays unavailable")) << last();
    EXPECT_EQ(reports.back().trouble_dsn.text(), "4.7.5");
}

TEST_F(Wishes, ItGoesInTheClearToo) {
    serve(first_key, joined({plain, quiet, gone}));
    send(one, wishing(TlsWish::optional));
    EXPECT_EQ(last(), taken);
    EXPECT_TRUE(logged(", tls=may:none, dsn=2.0.0"));
}

TEST_F(Wishes, AConnectionWithAStrongerPolicyIsGoodEnough) {
    serve(first_key, joined({hello, starttls, again, quiet, quiet, end}));
    send(one, relay);
    send(one, wishing(TlsWish::optional));
    EXPECT_EQ(last(), taken);
    EXPECT_EQ(dials(first_key), 1u);
}

TEST_F(Wishes, APortThatKnowsOnlyTlsIsSpokenToUnderIt) {
    level("secure wrappermode=yes match=other.example");
    serve(first_key, joined({{"Y"}, plain, quiet, gone}));
    send(one, wishing(TlsWish::optional));
    EXPECT_EQ(last(), taken);
    EXPECT_TRUE(logged(", tls=encrypt, dsn=2.0.0"));
}

TEST_F(Wishes, NoSenderHasAPasswordShownToAWrongServer) {
    more +=
        "smtp_sasl_auth_enable = yes\n"
        "smtp_sasl_password_maps = inline:{{[mx.example]=ali:sesame}}\n";
    level("secure match=other.example");
    serve(first_key, joined({hello, starttls, gone}));
    send(one, wishing(TlsWish::optional));
    EXPECT_EQ(last(), "deferred 4.7.5 Server certificate not verified");
}

// A policy that nobody can tell is no obstacle either.
TEST_F(Wishes, ItDoesNotWaitForAPolicy) {
    level("wrong");
    serve(first_key, joined({plain, quiet, gone}));
    send(one, wishing(TlsWish::optional));
    EXPECT_EQ(last(), taken);
}

TEST_F(Wishes, ItIsOnlyHeededWhereThatIsAllowed) {
    heeds_optional = false;
    level("secure match=other.example");
    serve(first_key, joined({hello, starttls, gone}));
    send(one, wishing(TlsWish::optional));
    EXPECT_EQ(last(), "deferred 4.7.5 Server certificate not verified");
}

}  // namespace
}  // namespace smtp_test
