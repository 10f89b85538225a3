// Defaults that are taken from the machine: its name, and the file that holds a mail name.
#pragma once

#include <string>
#include <string_view>

namespace config {

// The name that the kernel has for this machine; "localhost" when it has none.
std::string kernel_host_name();

// `host` without its first label, or "localdomain" when there is but one.
std::string domain_of(std::string_view host);

// The first line of `path`, trimmed, as Debian's /etc/mailname is read; throws base::SystemError.
std::string first_line(const std::string& path);

}  // namespace config
