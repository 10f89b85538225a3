// Dialogues under TLS: what becomes of mail, and over which connection it goes.
#include "smtp/start_tls.h"

#include "smtp/survey.h"
#include "tests/unit/smtp/tls_dialogue.h"

namespace smtp_test {
namespace {

using namespace dialogue;

using health::Reason;

TEST_F(TlsDialogue, MailGoesUnderTlsAndSoDoesTheNext) {
    serve(first_key, joined({hello, starttls, again, message, message, end}));
    send(one, relay);
    send(one, relay);
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 taken") << "the SIZE of before TLS is forgotten";
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 taken");
    EXPECT_EQ(dials(first_key), 1u);
    EXPECT_TRUE(logged(base::text("Verified ", line)));
    EXPECT_NE(log.find("conn_use=2"), std::string::npos);
    EXPECT_NE(log.find(", tls=secure, dsn=2.0.0, status=sent"), std::string::npos);
}

TEST_F(TlsDialogue, AConnectionIsNotKeptWhereThePolicySaysSo) {
    level("encrypt connection_reuse=no");
    for (int i = 0; i < 2; ++i)
        serve(first_key, joined({hello, starttls, again, message, {"C QUIT", "E"}}));
    send(one, relay);
    send(one, relay);
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 taken");
    EXPECT_EQ(dials(first_key), 2u);
}

TEST_F(TlsDialogue, FromTheFirstByteWhereThePolicySaysSo) {
    level("secure wrappermode=yes");
    serve(first_key, joined({{"Y"}, plain, message, end}));
    send(one, relay);
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 taken");
    EXPECT_TRUE(logged(base::text("Verified ", line)));
    serve(first_key, joined({plain, gone}));
    pass(100s);
    send(one, relay);
    EXPECT_EQ(outcome(1), "deferred 4.7.5 Cannot start TLS: handshake failure");
}

struct Fault {
    const char* level;
    Script script;
    const char* outcome;  // without the second relay
    Reason cause;
};

struct TlsFaults : TlsDialogue, testing::WithParamInterface<Fault> {};

TEST_P(TlsFaults, SendMailToTheNextRelay) {
    const Fault& fault = GetParam();
    level(fault.level);
    serve(first_key, fault.script);
    serve(second_key, taking("second"));
    send(one, list);
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 second");
    EXPECT_EQ(view(first_key).reason, fault.cause);
    const std::string name(health::row_of(fault.cause).name);
    EXPECT_TRUE(logged("relay-attempt: [mx.example]:25/192.0.2.1 by=host result=" + name)) << log;
}

TEST_P(TlsFaults, KeepMailWaitingWithoutOne) {
    const Fault& fault = GetParam();
    level(fault.level);
    serve(first_key, fault.script);
    send(one, relay);
    EXPECT_EQ(outcome(0), fault.outcome);
    EXPECT_TRUE(logged("tls="));
    EXPECT_NE(log.find("?, dsn=4."), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Table, TlsFaults,
    testing::Values(
        Fault{"encrypt", joined({plain, gone}),
              "deferred 4.7.4 TLS is required, but was not offered by host mx.example[192.0.2.1]",
              Reason::starttls_missing},
        Fault{"encrypt", joined({hello, {"C STARTTLS", "S 454 4.7.0 not now", "Z"}}),
              "deferred 4.7.0 TLS is required, but host mx.example[192.0.2.1] refused to start "
              "TLS: 454 4.7.0 not now",
              Reason::tls_failed_required},
        Fault{"encrypt", joined({hello, {"C STARTTLS", "S 554 5.7.0 never", "Z"}}),
              "deferred 4.7.0 TLS is required, but host mx.example[192.0.2.1] refused to start "
              "TLS: 554 5.7.0 never",
              Reason::tls_failed_required},
        Fault{"encrypt", joined({hello, {"C STARTTLS", "X"}}),
              "deferred 4.4.2 lost connection with mx.example[192.0.2.1] while receiving the "
              "STARTTLS response",
              Reason::tls_failed},
        Fault{"encrypt", joined({hello, {"C STARTTLS", "S 220 go", "X"}}),
              "deferred 4.7.5 Cannot start TLS: handshake failure", Reason::tls_failed_required},
        Fault{"may", joined({hello, {"C STARTTLS", "S 220 go", "X"}}),
              "deferred 4.7.5 Cannot start TLS: handshake failure", Reason::tls_failed},
        Fault{"encrypt", joined({hello, {"C STARTTLS", "S 220 go\r\n250 injected", "Z"}}),
              "deferred 4.7.5 host mx.example[192.0.2.1] sent more than its reply to STARTTLS "
              "before TLS began",
              Reason::early_data},
        Fault{"secure match=other.example", joined({hello, starttls, gone}),
              "deferred 4.7.5 Server certificate not verified", Reason::tls_failed_required},
        Fault{"fingerprint match=00:11", joined({hello, starttls, gone}),
              "deferred 4.7.5 Server certificate not verified", Reason::tls_failed_required},
        Fault{"encrypt", joined({hello, starttls, {"C EHLO", "S 451 not you", "Z"}}),
              "deferred 4.0.0 host mx.example[192.0.2.1] refused to talk to me: 451 not you",
              Reason::ehlo_refused}));

TEST_F(TlsDialogue, WhereItIsOnlyWishedForMailGoesInTheClear) {
    level("may");
    serve(first_key, joined({plain, message, gone}));
    send(one, relay);
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 taken") << "not offered";
    EXPECT_TRUE(logged(", tls=may:none, dsn=2.0.0"));
    pass(100s);
    Script small = {"S 220 mx ESMTP", "C EHLO", "S 250-mx\r\n250 STARTTLS"};
    serve(first_key, joined({small, {"C STARTTLS", "S 454 no"}, message, gone}));
    send(one, relay);
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 taken") << "refused";
}

TEST_F(TlsDialogue, ABrokenHandshakeIsDoneWithoutAfterAWhile) {
    level("may");
    options.plain_after = 300s;
    for (auto [time, last] : {std::pair(299s, "deferred 4.7.5 Cannot start TLS: handshake failure"),
                              std::pair(300s, "sent 2.0.0 250 taken")}) {
        serve(first_key, joined({hello, {"C STARTTLS", "S 220 go", "X"}}));
        serve(first_key,
              joined({{"S 220 mx ESMTP", "C EHLO", "S 250-mx\r\n250 STARTTLS"}, message, gone}));
        send(one, waited(time));
        EXPECT_EQ(this->last(), last);
        dialer.scripts[first_key].clear();
        pass(100s);
    }
    EXPECT_TRUE(logged(", tls=may:none, dsn=2.0.0"));
}

TEST_F(TlsDialogue, NotWhereItIsDemanded) {
    level("encrypt");
    serve(first_key, joined({hello, {"C STARTTLS", "S 220 go", "X"}}));
    serve(first_key, joined({plain, message, gone}));
    send(one, waited(1000s));
    EXPECT_EQ(last(), "deferred 4.7.5 Cannot start TLS: handshake failure");
    EXPECT_EQ(dials(first_key), 1u);
}

// Two names of one address: whose certificate was found good for one is not the other.
TEST_F(TlsDialogue, AConnectionIsForTheHostThatWasVerified) {
    names.a("other.example", "192.0.2.1");
    level("verify}, {[other.example] = verify");
    serve(first_key, joined({hello, starttls, again, message, {"Z"}}));
    send(one, relay);
    EXPECT_EQ(last(), "sent 2.0.0 250 taken");
    serve(first_key, joined({hello, starttls, gone}));
    send(one, "[other.example]");
    EXPECT_EQ(last(), "deferred 4.7.5 Server certificate not verified");
    EXPECT_EQ(dials(first_key), 2u);
}

TEST_F(TlsDialogue, AnExchangerThatFailsOnePolicyIsGoodForOtherMail) {
    names.mx("strict.example", 10, "mx.example");
    names.mx("other.example", 10, "mx.example");
    level("secure", "strict.example");
    serve(first_key, joined({hello, starttls, gone}));
    send(one, request({"r@strict.example"}, "strict.example"));
    EXPECT_EQ(last(), "deferred 4.7.5 Server certificate not verified");
    EXPECT_TRUE(
        logged("relay-health: [mx.example]:25/192.0.2.1 under TLS, secure CLOSED->OPEN "
               "reason=tls_failed_required"))
        << log;
    EXPECT_EQ(state(first_key), health::State::closed);
    serve(first_key, joined({plain, message, gone}));
    send(one, request({"r@other.example"}, "other.example"));
    EXPECT_EQ(last(), "sent 2.0.0 250 taken");
}

TEST_F(TlsDialogue, RepliesAheadUnderTlsEndTheSession) {
    level("encrypt");
    options.block_early_reply = true;
    serve(first_key, joined({hello, starttls, {"C EHLO", "R 250 mx\r\n250 more\r\n", "Z"}}));
    send(one, relay);
    EXPECT_EQ(view(first_key).reason, Reason::early_data);
}

TEST_F(TlsDialogue, AnOfferThatIsNotTakenUpIsNoted) {
    level("none");
    options.note_starttls_offer = true;
    serve(first_key,
          joined({{"S 220 mx ESMTP", "C EHLO", "S 250-mx\r\n250 STARTTLS"}, message, gone}));
    send(one, relay);
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 taken");
    EXPECT_TRUE(logged("Host offered STARTTLS: [mx.example]"));
    EXPECT_EQ(log.find("tls="), std::string::npos);
}

TEST_F(TlsDialogue, AProbeShowsWhatItFound) {
    options.wants_chain = true;
    smtp::Survey survey(dialer, sites, options);
    std::vector<base::Json> answers;
    struct Into {
        static io::Task<void> ask(smtp::Survey& from, std::vector<base::Json>& into) {
            std::vector<base::Json> found = co_await from.ask_at("[mx.example]");
            into = std::move(found);
        }
    };
    for (const char* policy : {"secure", "secure match=other.example"}) {
        level(policy);
        serve(first_key, joined({hello, starttls, again, gone}));
        lanes.spawn(Into::ask(survey, answers));
        loop.run_until_idle();
        std::string said = answers.at(0).line();
        bool good = std::string_view(policy) == "secure";
        EXPECT_EQ(answers.at(0).text_at("result"), good ? "ok" : "tls_failed_required");
        for (std::string_view part :
             {"\"level\":\"secure\"", "\"protocol\":\"TLSv1.3\"", "CN=mx.example", "CN=Trial CA",
              good ? "\"status\":\"Verified\"" : "other.example"})
            EXPECT_NE(said.find(part), std::string::npos) << part << " in " << said;
    }
}

}  // namespace
}  // namespace smtp_test
