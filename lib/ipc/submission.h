// What sendmail and postdrop say to each other, beside the records of the message: attributes as
// Postfix's own commands exchange them, so that ours and theirs can be mixed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ipc {

// Numbers of Postfix's protocol.
enum class SubmissionStatus : unsigned {
    ok = 0,
    bad = 1,  // no message: the sender or all recipients are missing
    write_error = 2,
    too_big = 4,
};

// postdrop's first words: the name of the message's file in maildrop/.
std::string submission_greeting(std::string_view name);
// Its last words.
std::string submission_result(SubmissionStatus status);

// Takes one list of attributes off the front of `bytes`; none while it is not whole.
std::optional<std::map<std::string, std::string>> take_attributes(std::string& bytes);

}  // namespace ipc
