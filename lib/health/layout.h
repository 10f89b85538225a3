// The layout of the table's memory: a head, then a row of cells, their details, counts of sessions.
//
//     Head | Cell[slots + 1] | Detail[slots + 1] | uint32_t[processes][slots + 1]
//
// All of it is atomics, which every process may write at any time; zeroed memory is an empty table.
// The last slot belongs to nobody: records land there for which the table has no room at all.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace health {

inline constexpr uint64_t layout_magic = 0x314c544c48544850;  // "PHTHLTL1"
inline constexpr size_t most_processes = 256;

struct Head {
    std::atomic<uint64_t> magic;
    std::atomic<uint64_t> slots;
    std::atomic<uint64_t> key[2];   // of the hash
    std::atomic<uint64_t> changes;  // of what people would see
    std::atomic<uint64_t> used_processes;
    std::atomic<uint64_t> processes[most_processes];  // whose column is whose, by process ID
    uint64_t unused[250];
};
static_assert(sizeof(Head) == 4096);

// What is looked at often, one line of the processor's cache.
struct Cell {
    // 0: never used; vacated; claimed by a process that is filling it; else the hash of the key.
    std::atomic<uint64_t> tag;
    std::atomic<uint64_t> word;       // Breaker
    std::atomic<uint64_t> score;      // thousandths << 40 | millisecond
    std::atomic<uint64_t> lease;      // process ID << 40 | millisecond of its end
    std::atomic<uint32_t> fails;      // in a row
    std::atomic<uint32_t> reason;     // the last one
    std::atomic<uint64_t> failed_at;  // microseconds
    std::atomic<uint64_t> touched;    // millisecond
    std::atomic<uint64_t> window;     // sessions << 40 | millisecond
};
static_assert(sizeof(Cell) == 64);

inline constexpr uint64_t tag_free = 0;
inline constexpr uint64_t tag_vacated = 1;
inline constexpr uint64_t tag_published = uint64_t{1} << 63;
inline constexpr uint64_t tag_claimed(uint32_t pid) {
    return uint64_t{pid} << 8 | 2;
}

inline constexpr int low_bits = 40;
inline constexpr uint64_t low_mask = (uint64_t{1} << low_bits) - 1;
inline constexpr uint64_t pair(uint64_t high, uint64_t low) {
    return high << low_bits | (low & low_mask);
}

// Text of at most N bytes, the rest cut off. One that changes while it is read may come out mixed.
template <size_t N>
class SharedText {
  public:
    void set(std::string_view text) {
        char bytes[N] = {};
        std::memcpy(bytes, text.data(), std::min(text.size(), N));
        for (size_t i = 0; i < N / 8; ++i) {
            uint64_t word;
            std::memcpy(&word, bytes + 8 * i, 8);
            words_[i].store(word, std::memory_order_relaxed);
        }
    }
    std::string get() const {
        char bytes[N];
        for (size_t i = 0; i < N / 8; ++i) {
            uint64_t word = words_[i].load(std::memory_order_relaxed);
            std::memcpy(bytes + 8 * i, &word, 8);
        }
        return {bytes, strnlen(bytes, N)};
    }

  private:
    std::atomic<uint64_t> words_[N / 8];
};

inline constexpr size_t distinct_messages = 3;

struct Detail {
    std::atomic<uint64_t> hash;                           // a second hash of the key
    std::atomic<uint64_t> kind;                           // Scope | configured << 8
    std::atomic<uint64_t> since;                          // of the state, microseconds
    std::atomic<uint64_t> admin_until;                    // microseconds; 0: for good
    std::atomic<uint64_t> latency[2];                     // Average
    std::atomic<uint64_t> messages[distinct_messages];    // hashes of the last that failed
    std::atomic<uint64_t> message_at[distinct_messages];  // millisecond
    std::atomic<uint64_t> next_message;
    std::atomic<uint64_t> probe_wanted;    // counts the requests
    std::atomic<uint64_t> probe_answered;  // the last request that was, and below what came of it
    std::atomic<uint64_t> probe_reason;
    SharedText<640> key;
    SharedText<512> label;
    SharedText<64> service;
    SharedText<64> who;
    SharedText<256> text;
};
static_assert(sizeof(Detail) == 128 + 640 + 512 + 64 + 64 + 256);

}  // namespace health
