// Runs a fuzz target on pieces glued together at random from a corpus, the same ones every time.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace esmtp_test {

using Target = int (*)(const uint8_t*, size_t);

inline void run_corpus(Target target, const std::vector<std::string>& pieces, int rounds = 20000) {
    std::mt19937 random(20260101);
    for (int round = 0; round < rounds; ++round) {
        std::string input;
        for (auto left = random() % 12; left > 0; --left)
            input += pieces[random() % pieces.size()];
        target(reinterpret_cast<const uint8_t*>(input.data()), input.size());
    }
}

}  // namespace esmtp_test
