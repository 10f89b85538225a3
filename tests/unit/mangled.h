// Mangled input for parsers: text with a few bytes changed, left out or put in.
#pragma once

#include <random>
#include <string>
#include <string_view>

namespace mangling {

// `text` after one to `most` changes drawn by `random`; new bytes are of `bytes`. Never empty.
inline std::string mangled(std::string_view text, std::string_view bytes, unsigned most,
                           std::mt19937& random) {
    std::string out(text);
    for (unsigned changes = 1 + random() % most; changes > 0; changes--) {
        size_t at = random() % out.size();
        char byte = bytes[random() % bytes.size()];
        switch (random() % 3) {
            case 0:
                out[at] = byte;
                break;
            case 1:
                out.erase(at, 1 + random() % 4);
                break;
            default:
                out.insert(at, 1 + random() % 3, byte);
        }
        if (out.empty())
            out = "x";
    }
    return out;
}

}  // namespace mangling
