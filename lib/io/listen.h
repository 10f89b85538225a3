// Making sockets that others connect or send to; each call throws base::SystemError.
#pragma once

#include <sys/types.h>

#include <string>

#include "lib/base/fd.h"
#include "lib/io/socket_address.h"

namespace io {

base::Fd listen_inet(const SocketAddress& address, int backlog = 4096);
// Takes the place of what stands at `path`; the mode holds whatever the umask.
base::Fd listen_unix(const std::string& path, mode_t mode, int backlog = 4096);
base::Fd bind_datagram(const std::string& path, mode_t mode);

}  // namespace io
