// What becomes of mail that demands TLS where no server that answers meets that: it waits for one
// that does not answer now, or is returned.
#include "tests/unit/smtp/wishes.h"

namespace smtp_test {
namespace {

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

TEST_F(Wishes, AnExchangerThatIsDownMayBeTheRightOne) {
    names.mx("pair.example", 10, "two.example").mx("pair.example", 20, "mx.example");
    level("secure match=mx.example", "pair.example");
    serve(first_key, joined({hello, starttls, again, gone}));
    demand("pair.example", false);
    EXPECT_EQ(last(), "deferred 4.4.1 connect to two.example[192.0.2.2]:25: Connection refused");
    EXPECT_EQ(state(second_key), health::State::open);
    demand("pair.example", false);
    EXPECT_EQ(dials(second_key), 1u);
    EXPECT_EQ(last(),
              "deferred 4.7.30 REQUIRETLS demands support of it, which was not offered by host "
              "mx.example[192.0.2.1]");
    EXPECT_EQ(reports.back().destination_trouble, "");
    EXPECT_EQ(dials(first_key), 1u);
}

TEST_F(Wishes, AnExchangerOfWhichOneAddressIsDownIsWhatItIs) {
    names.mx("pair.example", 10, "mx.example").a("mx.example", "192.0.2.2");
    level("secure match=mx.example", "pair.example");
    send(one, "[192.0.2.2]");
    EXPECT_EQ(state(second_key), health::State::open);
    serve(first_key, joined({hello, starttls, again, gone}));
    demand("pair.example", false);
    EXPECT_EQ(last(), not_offered);
}

TEST_F(Wishes, WhatIsKeptAllTheSameIsNoRefusal) {
    options.soft_bounce = true;
    change().health = false;
    names.mx("pair.example", 10, "mx.example");
    level("secure match=other.example", "pair.example");
    serve(first_key, joined({hello, starttls, gone}));
    demand("pair.example", false);
    EXPECT_EQ(last(), "deferred 4.7.10 Server certificate not verified");
    EXPECT_EQ(reports.back().trouble_dsn.text(), "4.7.10");
}

TEST_F(Wishes, MailForAFallbackRelayWithAWrongCertificateWaits) {
    names.mx("weak.example", 10, "two.example");
    options.nexthop.fallback_relay = relay;
    level("secure match=other.example");
    serve(first_key, joined({hello, starttls, gone}));
    demand("weak.example", false);
    EXPECT_EQ(last(), "deferred 4.7.5 Server certificate not verified");
}

TEST_F(Wishes, ATableOfDemandsThatDoesNotAnswerHoldsUpNoOtherMail) {
    policy("secure", "fail:x");
    demand();
    EXPECT_EQ(last(), "deferred 4.3.0 temporary lookup error");
    EXPECT_EQ(reports.back().destination_trouble, "");
    serve(first_key, joined({hello, starttls, again, quiet, gone}));
    send(one, relay);
    EXPECT_EQ(last(), taken);
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

}  // namespace
}  // namespace smtp_test
