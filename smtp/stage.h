// Stage is the point that a conversation has reached: which command's reply is due.
#pragma once

#include <cstdint>
#include <string_view>

namespace smtp {

enum class Stage : uint8_t {
    greeting,
    ehlo,
    helo,
    lhlo,
    starttls,
    auth,
    reset,
    xforward,
    mail,
    rcpt,
    data,
    body,
    chunk,
    last_chunk,
    end_of_data,
    quit,
};

// What a postmaster reads when the connection ends here: "lost connection with … while DOING".
std::string_view doing(Stage stage);
// "(in reply to COMMAND)".
std::string_view command(Stage stage);

}  // namespace smtp
