// Small pieces that several frames are made of.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/base/encode.h"
#include "lib/base/time.h"

namespace ipc {

inline void encode_time(base::Encoder& out, base::WallTime time) {
    out.i64(time.time_since_epoch().count());
}

inline base::WallTime decode_time(base::Decoder& in) {
    return base::WallTime(base::Duration(in.i64()));
}

// How many items follow; each takes `least` bytes or more, so that a false count ends early.
inline uint32_t decode_count(base::Decoder& in, size_t least) {
    uint32_t count = in.u32();
    if (count > in.left() / least)
        throw base::DecodeError("more items than bytes");
    return count;
}

template <class T, class Encode>
void encode_items(base::Encoder& out, const std::vector<T>& items, Encode encode_one) {
    out.u32(static_cast<uint32_t>(items.size()));
    for (const T& item : items)
        encode_one(out, item);
}

template <class Decode>
auto decode_items(base::Decoder& in, size_t least, Decode decode_one) {
    std::vector<decltype(decode_one(in))> items;
    uint32_t count = decode_count(in, least);
    items.reserve(count);
    for (; count > 0; --count)
        items.push_back(decode_one(in));
    return items;
}

}  // namespace ipc
