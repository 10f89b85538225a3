// Reading: what the answer to a question is, by the message that a server sent.
#pragma once

#include <string>

#include "lib/base/time.h"
#include "lib/dns/message.h"
#include "lib/dns/record.h"

namespace dns {

struct Reading {
    Answer answer;
    std::string alias;           // the question must be asked again about this name (a CNAME)
    base::Duration lifetime{0};  // how long it may be remembered
};

// `message` answers `question`. Follows CNAMEs inside the message; what belongs to other names is
// not looked at.
Reading read_answer(const Message& message, const Question& question);

// The text of a failure, as Postfix has it. `why` is one of the texts below.
std::string failure_text(const Question& question, std::string_view why);
inline constexpr std::string_view not_found = "Host not found";
inline constexpr std::string_view no_such_record =
    "Host found but no data record of requested type";
inline constexpr std::string_view try_again = "Host not found, try again";
inline constexpr std::string_view no_recovery = "Non-recoverable error";

Answer none(const Question& question, std::string_view why);
Answer retry(const Question& question);
Answer malformed(const Question& question, Answer::State state);
// For what is no domain, or a number.
Answer not_askable(const std::string& name);
Answer endless(const std::string& name);

}  // namespace dns
