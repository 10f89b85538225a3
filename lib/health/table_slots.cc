// Which slot a record has: looked for in a short window behind its hash, claimed there.
#include <algorithm>

#include "lib/health/shared_time.h"
#include "lib/health/table.h"

namespace health {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr size_t longest_window = 64;
// A record may be lost to another process's choice of the same slot; then it is looked for again.
constexpr int attempts = 8;

}  // namespace

size_t Table::window() const {
    return std::min(slots_, longest_window);
}

size_t Table::step(const Hash& hash, size_t distance) const {
    return (hash.tag + distance) % slots_;
}

std::optional<size_t> Table::slot_of(const Hash& hash) const {
    for (size_t i = 0; i < window(); ++i) {
        size_t slot = step(hash, i);
        uint64_t tag = cells_[slot].tag.load(std::memory_order_acquire);
        if (tag == tag_free)
            return std::nullopt;  // one that was used never reads so again
        if (tag == hash.tag && details_[slot].hash.load(relaxed) == hash.second)
            return slot;
    }
    return std::nullopt;
}

Record Table::record(const Subject& subject, base::Instant now) {
    Hash hash = hash_of(subject.scope, subject.key);
    for (int i = 0; i < attempts; ++i) {
        if (std::optional<size_t> slot = slot_of(hash)) {
            cells_[*slot].touched.store(ms_of(now), relaxed);
            return Record(*this, *slot, hash.tag);
        }
        size_t slot = claim(hash);
        if (slot == slots_ && i + 1 < attempts)
            continue;
        fill(slot, subject, hash, now);
        changed();
        if (!has_earlier(slot, hash))
            return Record(*this, slot, hash.tag);
        // Another process made the same one at the same time, and its place is found first.
        uint64_t own = hash.tag;
        cells_[slot].tag.compare_exchange_strong(own, tag_vacated, relaxed);
    }
    fill(slots_, subject, hash, now);
    return Record(*this, slots_, hash.tag);
}

bool Table::has_earlier(size_t slot, const Hash& hash) const {
    std::optional<size_t> first = slot == slots_ ? std::nullopt : slot_of(hash);
    return first && *first != slot;
}

// The slot claimed, or that behind the last.
size_t Table::claim(const Hash& hash) {
    std::optional<size_t> slot = claim_vacant(hash);
    if (!slot)
        slot = claim_least_useful(hash);
    return slot.value_or(slots_);
}

std::optional<size_t> Table::claim_vacant(const Hash& hash) {
    for (size_t i = 0; i < window(); ++i) {
        size_t slot = step(hash, i);
        uint64_t tag = cells_[slot].tag.load(relaxed);
        if ((tag == tag_free || tag == tag_vacated) &&
            cells_[slot].tag.compare_exchange_strong(tag, tag_claimed(static_cast<uint32_t>(self_)),
                                                     std::memory_order_acquire))
            return slot;
    }
    return std::nullopt;
}

// What is closed and nobody's configured relay goes first, then what is not configured, then what
// is closed; among equals that which was not touched for the longest time.
std::optional<size_t> Table::claim_least_useful(const Hash& hash) {
    struct Candidate {
        unsigned worth;
        uint64_t touched;
        size_t slot;
        auto operator<=>(const Candidate&) const = default;
    };
    std::vector<Candidate> candidates;
    for (size_t i = 0; i < window(); ++i) {
        size_t slot = step(hash, i);
        Breaker breaker = Breaker::from(cells_[slot].word.load(relaxed));
        bool published = (cells_[slot].tag.load(relaxed) & tag_published) != 0;
        if (!published || breaker.admin != Admin::none)
            continue;
        bool configured = details_[slot].kind.load(relaxed) >> 8 != 0;
        unsigned worth = (configured ? 2u : 0u) + (breaker.state != State::closed ? 1u : 0u);
        candidates.push_back({worth, cells_[slot].touched.load(relaxed), slot});
    }
    std::ranges::sort(candidates);
    for (const Candidate& each : candidates) {
        uint64_t tag = cells_[each.slot].tag.load(relaxed);
        if ((tag & tag_published) != 0 &&
            cells_[each.slot].tag.compare_exchange_strong(
                tag, tag_claimed(static_cast<uint32_t>(self_)), std::memory_order_acquire))
            return each.slot;
    }
    return std::nullopt;
}

// Writes all of a claimed slot, then shows it.
void Table::fill(size_t slot, const Subject& subject, const Hash& hash, base::Instant now) {
    Cell& cell = cells_[slot];
    Detail& detail = details_[slot];
    Breaker fresh;
    fresh.tenant = Breaker::from(cell.word.load(relaxed)).tenant + 1;
    cell.word.store(fresh.word(), relaxed);
    for (auto* number : {&cell.score, &cell.lease, &cell.failed_at, &cell.window})
        number->store(0, relaxed);
    cell.fails.store(0, relaxed);
    cell.reason.store(0, relaxed);
    cell.touched.store(ms_of(now), relaxed);
    detail.hash.store(hash.second, relaxed);
    detail.kind.store(static_cast<uint64_t>(subject.scope) | uint64_t{subject.configured} << 8,
                      relaxed);
    detail.since.store(static_cast<uint64_t>(now.time_since_epoch().count()), relaxed);
    for (auto* number :
         {&detail.admin_until, &detail.latency[0], &detail.latency[1], &detail.next_message,
          &detail.probe_wanted, &detail.probe_answered, &detail.probe_reason})
        number->store(0, relaxed);
    for (auto& message : detail.messages)
        message.store(0, relaxed);
    detail.key.set(subject.key);
    detail.label.set(subject.label);
    detail.service.set(subject.service);
    detail.who.set("");
    detail.text.set("");
    size_t used = std::min<size_t>(head_->used_processes.load(relaxed), most_processes);
    for (size_t column = 0; column < used; ++column)
        count(column, slot).store(0, relaxed);
    cell.tag.store(hash.tag, std::memory_order_release);
}

}  // namespace health
