// Which ciphers a connection may use: a grade with exclusions.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"

namespace tls {

enum class Grade { high, medium, null };

// "high", "medium", "null"; "low" and "export" mean medium. None for other words.
std::optional<Grade> parse_grade(std::string_view text);

// What the grades mean: tls_high_cipherlist and its like.
struct CipherLists {
    explicit CipherLists(const config::Settings& settings);
    std::string high, medium, null;

    // The list in OpenSSL's form. An exclusion "A+B" is of ciphers that are both.
    std::string of(Grade grade, const std::vector<std::string>& excluded) const;
};

}  // namespace tls
