// One question to one name server: by UDP, and by TCP when the answer did not fit or UDP is not
// wanted.
#pragma once

#include <string>

#include "lib/dns/message.h"
#include "lib/io/clock.h"
#include "lib/io/socket_address.h"
#include "lib/io/task.h"

namespace dns {

// What came back until the deadline. The message is one with the question's number and text, from
// the server asked; datagrams that are not are passed over, so that guessing needs luck in number
// and port at once.
struct Heard {
    enum class Kind : uint8_t { message, silence, unreachable, malformed };
    Heard() = default;
    explicit Heard(Kind what) : kind(what) {}
    explicit Heard(Message what) : kind(Kind::message), message(std::move(what)) {}

    Kind kind = Kind::silence;
    Message message;
};

// Each question has a socket, and so a port, of its own. Throws only io::Cancelled.
io::Task<Heard> exchange(io::SocketAddress server, Question question, QueryOptions options,
                         io::Instant deadline);

}  // namespace dns
