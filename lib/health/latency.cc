#include "lib/health/latency.h"

#include <algorithm>

namespace health {
namespace {

constexpr unsigned least_samples = 5;
constexpr unsigned full_weight = 8;
constexpr uint64_t unit_size = 64 * 1024;
constexpr int samples_at = 48;
constexpr uint64_t value_mask = (uint64_t{1} << samples_at) - 1;

struct Excess {
    size_t index;
    double times_median;
};

// Those above the bounds in one respect.
void judge(std::span<const Pace> group, Average Pace::*respect, const Rules& rules,
           std::vector<Excess>& found) {
    std::vector<base::Duration> values;
    for (const Pace& pace : group)
        if ((pace.*respect).samples >= least_samples)
            values.push_back((pace.*respect).value);
    if (values.size() < 2)
        return;
    std::ranges::sort(values);
    // Of two, the faster one: the slower would hide behind its own half of the mean.
    base::Duration median = values[(values.size() - 1) / 2];
    double bound = rules.slow_factor * static_cast<double>(std::max<int64_t>(median.count(), 1));
    for (size_t i = 0; i < group.size(); ++i) {
        const Average& own = group[i].*respect;
        double value = static_cast<double>(own.value.count());
        if (own.samples >= least_samples && own.value > rules.slow_time && value > bound)
            found.push_back({i, value / bound});
    }
}

}  // namespace

uint64_t Average::word() const {
    uint64_t us = static_cast<uint64_t>(std::max<int64_t>(value.count(), 0));
    return static_cast<uint64_t>(std::min(samples, 0xffffu)) << samples_at |
           std::min(us, value_mask);
}

Average Average::from(uint64_t word) {
    return {base::Duration(word & value_mask), static_cast<unsigned>(word >> samples_at)};
}

Average Average::with(base::Duration sample) const {
    Average next;
    next.samples = std::min(samples + 1, 0xffffu);
    auto weight = static_cast<int64_t>(std::min(next.samples, full_weight));
    next.value = value + (sample - value) / weight;
    return next;
}

base::Duration per_size(base::Duration took, uint64_t bytes) {
    if (bytes <= unit_size)
        return took;
    return base::Duration(
        static_cast<int64_t>(static_cast<double>(took.count()) * static_cast<double>(unit_size) /
                             static_cast<double>(bytes)));
}

std::vector<size_t> slow_ones(std::span<const Pace> group, const Rules& rules) {
    std::vector<Excess> found;
    judge(group, &Pace::greeting, rules, found);
    judge(group, &Pace::transfer, rules, found);
    std::ranges::sort(found, std::greater<>(), &Excess::times_median);
    std::vector<size_t> slow;
    for (const Excess& one : found)
        if (slow.size() < group.size() / 2 && std::ranges::find(slow, one.index) == slow.end())
            slow.push_back(one.index);
    return slow;
}

}  // namespace health
