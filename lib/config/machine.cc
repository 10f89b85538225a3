#include "lib/config/machine.h"

#include <unistd.h>

#include "lib/base/text.h"
#include "lib/config/logical_lines.h"

namespace config {

std::string kernel_host_name() {
    char name[256] = {};
    if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0')
        return "localhost";
    return name;
}

std::string domain_of(std::string_view host) {
    size_t dot = host.find('.');
    if (dot == host.npos || dot + 1 == host.size())
        return "localdomain";
    return std::string(host.substr(dot + 1));
}

std::string first_line(const std::string& path) {
    std::string content = read_file(path);
    return std::string(base::trim(std::string_view(content).substr(0, content.find('\n'))));
}

}  // namespace config
