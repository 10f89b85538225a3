#include "lib/dns/hosts.h"

#include "lib/base/text.h"
#include "lib/dns/domain.h"
#include "lib/io/loop.h"
#include "lib/io/socket_address.h"

namespace dns {

void HostsFile::take_line(std::string_view line) {
    auto words = base::split(line.substr(0, line.find('#')), " \t\r");
    if (words.size() < 2)
        return;
    auto address = io::SocketAddress::inet(words[0], 0);
    if (!address)
        return;
    std::string ip = address->ip();
    names_.emplace(ip, canonical(words[1]));
    for (size_t i = 1; i < words.size(); ++i) {
        std::vector<std::string>& known = addresses_[canonical(words[i])];
        if (std::find(known.begin(), known.end(), ip) == known.end())
            known.push_back(ip);
    }
}

void HostsFile::refresh() {
    if (!file_.changed(io::loop().now()))
        return;
    addresses_.clear();
    names_.clear();
    for (std::string_view line : base::split(file_.text(), "\n"))
        take_line(line);
}

std::vector<std::string> HostsFile::addresses(std::string_view name) {
    refresh();
    auto found = addresses_.find(canonical(name));
    return found == addresses_.end() ? std::vector<std::string>() : found->second;
}

std::optional<std::string> HostsFile::name(std::string_view address) {
    refresh();
    auto numeric = io::SocketAddress::inet(address, 0);
    auto found = numeric ? names_.find(numeric->ip()) : names_.end();
    if (found == names_.end())
        return std::nullopt;
    return found->second;
}

}  // namespace dns
