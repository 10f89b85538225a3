#include "lib/dns/search_list.h"

#include <unistd.h>

#include <array>

#include "lib/io/loop.h"

namespace dns {

namespace {

std::string own_name() {
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) != 0)
        return {};
    return name.data();
}

}  // namespace

std::vector<std::string> SearchList::names(const std::string& host, SearchRules rules) {
    if (file_.changed(io::loop().now()))
        conf_ = ResolvConf::parse(file_.text(), own_name());
    return conf_.candidates(host, rules);
}

}  // namespace dns
