// ServicePorts knows the TCP ports of services by name: known_tcp_ports, then the services file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace config {

class Settings;

class ServicePorts {
  public:
    ServicePorts() = default;
    // With known_tcp_ports of `settings` and the services file of this machine.
    static ServicePorts of(const Settings& settings);
    // `known` as the parameter has it: "lmtp=24, smtps=submissions=465". Throws Error for
    // anything else, naming `where`. `services_file` is read now, once; one that cannot be read
    // names no service.
    ServicePorts(std::string_view known, std::string_view where, const std::string& services_file);

    // A number from 1 to 65535, or the name of a service; none for anything else.
    std::optional<uint16_t> find(std::string_view service) const;

  private:
    void add_known(std::string_view known, std::string_view where);
    void add_file(const std::string& path);

    std::map<std::string, uint16_t, std::less<>> ports_;
};

}  // namespace config
