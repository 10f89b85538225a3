#include "lib/base/siphash.h"

#include <bit>
#include <cstring>

namespace base {
namespace {

static_assert(std::endian::native == std::endian::little);

uint64_t load(const void* from) {
    uint64_t word;
    std::memcpy(&word, from, 8);
    return word;
}

struct State {
    uint64_t v0, v1, v2, v3;

    void round() {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }
    void absorb(uint64_t word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }
};

}  // namespace

uint64_t siphash(const HashKey& key, std::string_view data) {
    uint64_t k0 = load(key.data()), k1 = load(key.data() + 8);
    State s{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
            k1 ^ 0x7465646279746573};
    size_t whole = data.size() & ~size_t{7};
    for (size_t at = 0; at < whole; at += 8)
        s.absorb(load(data.data() + at));
    uint64_t last = static_cast<uint64_t>(data.size()) << 56;
    for (size_t at = whole; at < data.size(); ++at)
        last |= static_cast<uint64_t>(static_cast<unsigned char>(data[at])) << (8 * (at - whole));
    s.absorb(last);
    s.v2 ^= 0xff;
    for (int i = 0; i < 4; ++i)
        s.round();
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

}  // namespace base
