// The lines of Dovecot's auth protocol (version 1), read and written.
//
// A line is words between tabs; in a word, what would end it is written as two bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/sasl/verifier.h"

namespace sasl::dovecot {

inline constexpr unsigned major_version = 1;
inline constexpr size_t longest_line = 64 << 10;

// The words of `line`, which is without its LF, as they are meant.
std::vector<std::string> words_of(std::string_view line);
// `text` as a word.
std::string word(std::string_view text);

// Of "MECH name property…"; none for one that clients are not to hear of ("private").
std::optional<Offer> mechanism_of(const std::vector<std::string>& words);

// What the service says of one login: "OK id …", "FAIL id …", "CONT id challenge"; none for a line
// that is none of them.
struct Reply {
    uint32_t id = 0;
    Step step;
};
std::optional<Reply> reply_of(const std::vector<std::string>& words);

// With their LF.
std::string hello(long process);
// None where what the client sent cannot be put into a line.
std::optional<std::string> auth(uint32_t id, std::string_view mechanism, std::string_view service,
                                const Peer& peer, const std::optional<std::string>& initial);
std::optional<std::string> response(uint32_t id, std::string_view response);
std::string cancel(uint32_t id);

}  // namespace sasl::dovecot
