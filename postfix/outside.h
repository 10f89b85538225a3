// Running other commands to their end: openssl(1), postconf(1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postfix {

// What `words` wrote to standard output, with `input` as its standard input; its errors are ours.
// Throws base::SystemError where it cannot run, config::Error where it fails.
std::string output_of(const std::vector<std::string>& words, std::string_view input = {});

// The same, written to the open file.
void output_into(int file, const std::vector<std::string>& words, std::string_view input = {});

}  // namespace postfix
