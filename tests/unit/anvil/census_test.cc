// How often clients did something, on times given by hand.
#include "anvil/census.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using anvil::Event;
using Counts = ipc::AnvilCounts;

struct Census : testing::Test {
    anvil::Census::Moment at(base::Duration since) const {
        return {base::Instant() + since, base::WallTime() + since};
    }
    anvil::Census census{60s};
};

TEST_F(Census, CountsConnectionsOfEachClient) {
    EXPECT_EQ(census.connect("smtp:a", at(0s)), (Counts{1, 1}));
    EXPECT_EQ(census.connect("smtp:a", at(1s)), (Counts{2, 2}));
    EXPECT_EQ(census.connect("smtp:b", at(1s)), (Counts{1, 1}));
    census.leave("smtp:a", 1, at(2s));
    EXPECT_EQ(census.connect("smtp:a", at(3s)), (Counts{2, 3}));
    census.leave("smtp:a", 5, at(4s));
    EXPECT_EQ(census.connect("smtp:a", at(5s)), (Counts{1, 4}));
    census.leave("smtp:nobody", 1, at(6s));
}

TEST_F(Census, BeginsAnewBehindAUnitOfTime) {
    census.connect("a", at(0s));
    EXPECT_EQ(census.count(Event::message, "a", at(59s)), (Counts{1, 1}));
    EXPECT_EQ(census.count(Event::message, "a", at(60s)), (Counts{1, 2}));
    EXPECT_EQ(census.count(Event::message, "a", at(61s)), (Counts{1, 1}));
    EXPECT_EQ(census.count(Event::recipient, "a", at(62s)), (Counts{1, 1}));
    EXPECT_EQ(census.connect("a", at(63s)), (Counts{2, 1}));
}

TEST_F(Census, TakesOverConnectionsThatAreThere) {
    census.hold("a", 7, at(0s));
    EXPECT_EQ(census.connect("a", at(1s)), (Counts{8, 1}));
}

TEST_F(Census, ForgetsWhoIsGone) {
    census.connect("stays", at(0s));
    census.connect("goes", at(0s));
    census.leave("goes", 1, at(10s));
    census.forget(base::Instant() + 69s);
    EXPECT_EQ(census.size(), 2u);
    census.forget(base::Instant() + 71s);
    EXPECT_EQ(census.size(), 1u);
    EXPECT_EQ(census.connect("stays", at(100s)).count, 2u);
}

TEST_F(Census, KeepsPeaksForOneReport) {
    census.connect("a", at(0s));
    census.connect("b", at(1s));
    census.connect("b", at(2s));
    census.leave("b", 2, at(3s));
    census.count(Event::recipient, "a", at(4s));
    anvil::Peaks peaks = census.take_peaks();
    EXPECT_EQ(peaks.rates[0].most, 2u);
    EXPECT_EQ(peaks.rates[0].ident, "b");
    EXPECT_EQ(peaks.rates[0].when, at(2s).wall);
    EXPECT_EQ(peaks.rates[1].most, 0u);
    EXPECT_EQ(peaks.rates[2].ident, "a");
    EXPECT_EQ(peaks.connections.most, 2u);
    EXPECT_EQ(peaks.clients.most, 2u);
    EXPECT_EQ(census.take_peaks().connections.most, 0u);
}

TEST_F(Census, LooksWithoutCounting) {
    EXPECT_EQ(census.look(Event::tls_session, "a", at(0s)).rate, 0u);
    census.count(Event::tls_session, "a", at(1s));
    census.count(Event::tls_session, "a", at(2s));
    EXPECT_EQ(census.look(Event::tls_session, "a", at(3s)).rate, 2u);
    EXPECT_EQ(census.look(Event::tls_session, "a", at(3s)).rate, 2u);
    EXPECT_EQ(census.look(Event::tls_session, "a", at(70s)).rate, 0u);
    EXPECT_EQ(census.take_peaks().rates[static_cast<size_t>(Event::tls_session)].most, 2u);
}

}  // namespace
