// Mail that has a wish of its own: that there be TLS on all its way, or that TLS be no obstacle.
#include "smtp/demand.h"

#include "tests/unit/smtp/tls_dialogue.h"

namespace smtp_test {
namespace {

using namespace dialogue;

using mail::TlsWish;

const Script able = {"C EHLO", "S 250-mx\r\n250 REQUIRETLS"};
const Script demanding = {"C MAIL FROM:<s@example.org> REQUIRETLS",
                          "S 250 ok",
                          "C RCPT",
                          "S 250 ok",
                          "C DATA",
                          "S 354 go",
                          "D",
                          "S 250 taken"};
const Script quiet = {"C MAIL FROM:<s@example.org>",
                      "S 250 ok",
                      "C RCPT",
                      "S 250 ok",
                      "C DATA",
                      "S 354 go",
                      "D",
                      "S 250 taken"};

struct Wishes : TlsDialogue {
    static constexpr const char* second = "[two.example]";
    static constexpr const char* two = "[mx.example], [two.example]";
    // Of both, whose certificate names the first.
    static constexpr const char* both_secure = "secure}, {[two.example] = secure match=mx.example";

    Wishes() { names.a("two.example", "192.0.2.2"); }
    ipc::DeliveryRequest wishing(TlsWish wish, const std::string& nexthop = relay,
                                 bool configured = true) {
        ipc::DeliveryRequest made = request({"r@x.example"}, nexthop);
        made.configured = configured;
        made.tls_wish = wish;
        return made;
    }
    void demand(const std::string& nexthop = relay, bool configured = true) {
        send(one, wishing(TlsWish::required, nexthop, configured));
    }
    void policy(const std::string& tls, const std::string& requiretls) {
        more = "smtp_requiretls_policy = " + requiretls + "\n";
        level(tls);
    }
};

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

const char* const taken = "sent 2.0.0 250 taken";
const char* const not_offered =
    "bounced 5.7.30 REQUIRETLS demands support of it, which was not offered by host "
    "mx.example[192.0.2.1]";
const char* const in_clear =
    "bounced 5.7.10 REQUIRETLS demands TLS, which was not offered by host mx.example[192.0.2.1]";

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

TEST_F(Wishes, ARelayThatIsDownMayBeTheRightOne) {
    level(both_secure);
    serve(first_key, joined({hello, starttls, again, gone}));
    demand(two);  // the other one refuses connections
    EXPECT_EQ(last(), "deferred 4.4.1 connect to two.example[192.0.2.2]:25: Connection refused");
    EXPECT_EQ(state(second_key), health::State::open);
    demand(two);  // and is not asked again
    EXPECT_EQ(dials(second_key), 1u);
    EXPECT_EQ(last(),
              "deferred 4.7.30 REQUIRETLS demands support of it, which was not offered by host "
              "mx.example[192.0.2.1]");
    EXPECT_EQ(dials(first_key), 1u);
}

// As all other mail does until somebody puts that right.
TEST_F(Wishes, MailForARelayWithAWrongCertificateWaits) {
    level("secure match=other.example");
    serve(first_key, joined({hello, starttls, gone}));
    demand();
    EXPECT_EQ(last(), "deferred 4.7.5 Server certificate not verified");
    EXPECT_TRUE(logged(", tls=secure/!requiretls:nocertmatch, dsn=4.7.5"));
}

TEST_F(Wishes, MailForAnExchangerWithOneIsReturned) {
    names.mx("strict.example", 10, "mx.example");
    level("secure", "strict.example");
    serve(first_key, joined({hello, starttls, gone}));
    demand("strict.example", false);
    EXPECT_EQ(last(), "bounced 5.7.10 Server certificate not verified");
    pass(100s);
    level("verify", "strict.example");  // whoever forges MX records has a certificate
    demand("strict.example", false);
    EXPECT_EQ(last(),
              "bounced 5.7.10 REQUIRETLS demands a server that is verified to be one of "
              "strict.example's, which host mx.example is not at TLS level verify");
    EXPECT_EQ(dials(first_key), 1u);
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
