// How long each relay of a list may take before the next one's turn comes.
#include "smtp/budget.h"

#include <gtest/gtest.h>

namespace smtp {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant begin{1000s};

TEST(BudgetTest, TheFirstTurnIsOneBudgetAndLaterOnesHalfOfWhatIsLeftOfTwo) {
    const Budget budget(32s, begin);
    struct Row {
        base::Duration asked;
        base::Duration ends;
    };
    const Row rows[] = {{0s, 32s},  {2s, 33s},  {32s, 48s}, {48s, 56s},
                        {56s, 60s}, {62s, 63s}, {64s, 65s}, {300s, 301s}};
    for (const Row& row : rows)
        EXPECT_EQ(budget.turn_ends(begin + row.asked), begin + row.ends)
            << row.asked.count() << " us";
}

TEST(BudgetTest, HoweverManyHangTheLastIsAskedBeforeTwoBudgetsAreOver) {
    const Budget budget(30s, begin);
    base::Instant now = begin;
    for (int hanging = 0; hanging < 5; ++hanging)
        now = budget.turn_ends(now);
    EXPECT_LT(now, begin + 60s);
}

TEST(BudgetTest, ZeroIsNoLimit) {
    EXPECT_EQ(Budget(0s, begin).turn_ends(begin), base::never);
}

}  // namespace
}  // namespace smtp
