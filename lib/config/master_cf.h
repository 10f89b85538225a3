// MasterCf is the list of services of a master.cf.
//
// A line has eight fields: name, type, private, unprivileged, chroot, wakeup, maxproc, command with
// arguments; continuation lines and comments are as in main.cf. `{ … }` groups an argument that
// contains white space. Of two lines with the same name and type the later wins, with a warning.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"

namespace config {

enum class ServiceType : uint8_t { inet, unix_stream, unix_datagram, fifo, pass };

struct ServiceEntry {
    std::string name;  // as written: "smtp", "127.0.0.1:10025", "public/showq" is just "showq"
    ServiceType type = ServiceType::unix_stream;
    std::string host;  // inet: the part before the port, without brackets; empty: inet_interfaces
    std::string port;  // inet: number or service name
    bool is_private = true;
    bool unprivileged = true;
    bool chroot = false;
    std::chrono::seconds wakeup{0};   // 0: never
    bool wakeup_when_used = false;    // "1000?": only once the service has been used
    std::optional<unsigned> maxproc;  // none for "-"; 0: no limit
    std::string command;
    std::vector<std::string> arguments;  // without the -o options, braces removed
    Overrides overrides;                 // the -o options, in order
    std::string where;                   // "FILE, line N"

    // Where other programs look for it below queue_directory: "public/NAME" or "private/NAME".
    std::string socket_path() const;
};

// What a process of this service goes by: main.cf with its name and its -o options. Throws Error.
Settings settings_of(const ServiceEntry& entry, const Settings& common);

std::string_view service_type_name(ServiceType type);  // "unix-dgram", as in master.cf

class MasterCf {
  public:
    // The one beside the main.cf of `settings`. Throws Error with every bad line; base::SystemError
    // when the file cannot be read.
    static MasterCf of(const Settings& settings);
    // `chroot` is what '-' means in that field: true below compatibility_level 1.
    static MasterCf parse(std::string_view text, const std::string& file, bool chroot = false);

    const std::vector<ServiceEntry>& entries() const { return entries_; }
    const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    void add(ServiceEntry entry);

    std::vector<ServiceEntry> entries_;
    std::vector<std::string> warnings_;
};

// Calls `look` with each service of the master.cf beside the main.cf of `settings` and with what a
// process of it goes by. What cannot be read, the file or the options of a line, is passed over:
// the check of services tells of it.
void each_service(const Settings& settings,
                  const std::function<void(const ServiceEntry&, const Settings&)>& look);

}  // namespace config
