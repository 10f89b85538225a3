#include "lib/config/service_ports.h"

#include <fstream>

#include "lib/base/text.h"
#include "lib/config/settings.h"

namespace config {
namespace {

constexpr const char* services_file = "/etc/services";

std::optional<uint16_t> port_number(std::string_view text) {
    std::optional<uint16_t> port = base::number<uint16_t>(text);
    return port && *port > 0 ? port : std::nullopt;
}

}  // namespace

ServicePorts ServicePorts::of(const Settings& settings) {
    return {settings.text("known_tcp_ports"), settings.where("known_tcp_ports"), services_file};
}

ServicePorts::ServicePorts(std::string_view known, std::string_view where,
                           const std::string& services_file) {
    add_known(known, where);
    add_file(services_file);
}

void ServicePorts::add_known(std::string_view known, std::string_view where) {
    for (std::string_view entry : base::split(known, ", \t\r\n")) {
        std::vector<std::string_view> words = base::split(entry, "=");
        std::optional<uint16_t> port = port_number(words.back());
        if (words.size() < 2 || !port)
            throw Error(
                base::text(where, ": known_tcp_ports: expected NAME=PORT, found \"", entry, "\""));
        for (size_t i = 0; i + 1 < words.size(); ++i)
            ports_.insert_or_assign(base::lower(words[i]), *port);
    }
}

// "name  port/tcp  alias …  # comment"
void ServicePorts::add_file(const std::string& path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::string_view text = std::string_view(line).substr(0, line.find('#'));
        std::vector<std::string_view> words = base::split(text, " \t\r");
        if (words.size() < 2 || !words[1].ends_with("/tcp"))
            continue;
        std::optional<uint16_t> port = port_number(words[1].substr(0, words[1].size() - 4));
        if (!port)
            continue;
        words.erase(words.begin() + 1);
        for (std::string_view name : words)
            ports_.emplace(base::lower(name), *port);
    }
}

std::optional<uint16_t> ServicePorts::find(std::string_view service) const {
    if (std::optional<uint16_t> number = port_number(service))
        return number;
    auto found = ports_.find(service);
    return found == ports_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace config
