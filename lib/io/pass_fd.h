// Passing an open descriptor to another process over a UNIX socket.
#pragma once

#include <string>
#include <string_view>

#include "lib/base/fd.h"

namespace io {

struct Passed {
    std::string bytes;  // empty at end of file
    base::Fd fd;        // none when the message carried none
};

// `bytes` must not be empty. Throws base::SystemError.
void send_with_fd(int socket, std::string_view bytes, int fd);
Passed receive_with_fd(int socket, size_t most);

}  // namespace io
