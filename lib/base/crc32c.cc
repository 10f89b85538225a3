#include "lib/base/crc32c.h"

#include <array>
#include <cstring>

namespace base {
namespace {

constexpr std::array<uint32_t, 256> make_table() {
    std::array<uint32_t, 256> table{};
    for (uint32_t i = 0; i < 256; ++i) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ (crc & 1 ? 0x82f63b78u : 0);
        table[i] = crc;
    }
    return table;
}

constexpr auto table = make_table();

uint32_t by_table(std::string_view data, uint32_t crc) {
    for (char c : data)
        crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(c)) & 255];
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) uint32_t by_instruction(std::string_view data, uint32_t crc) {
    uint64_t wide = crc;
    const char* p = data.data();
    size_t left = data.size();
    for (; left >= 8; p += 8, left -= 8) {
        uint64_t word;
        std::memcpy(&word, p, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    crc = static_cast<uint32_t>(wide);
    for (; left > 0; ++p, --left)
        crc = __builtin_ia32_crc32qi(crc, static_cast<unsigned char>(*p));
    return crc;
}

const bool has_instruction = __builtin_cpu_supports("sse4.2");
#else
constexpr bool has_instruction = false;
uint32_t by_instruction(std::string_view data, uint32_t crc) {
    return by_table(data, crc);
}
#endif

}  // namespace

uint32_t crc32c(std::string_view data, uint32_t before) {
    uint32_t crc = ~before;
    return ~(has_instruction ? by_instruction(data, crc) : by_table(data, crc));
}

}  // namespace base
