#include "lib/config/check_services.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/config/restrictions.h"
#include "lib/config/services.h"

namespace config {
namespace {

using Problems = std::vector<Problem>;
using Texts = std::vector<std::string>;

constexpr const char* port_names[] = {"smtp_tcp_port", "lmtp_tcp_port"};

std::string no_port(std::string_view place, std::string_view found) {
    return base::text(place, ": expected a port or the name of a service, found \"",
                      base::printable(found), '"');
}

// The ports of destinations that name none.
Texts bad_client_ports(const Settings& settings, const ServicePorts& ports) {
    Texts bad;
    for (const char* name : port_names)
        if (std::string value = settings.text(name); !ports.find(value))
            bad.push_back(no_port(base::text(settings.where(name), ": ", name), value));
    return bad;
}

class Check {
  public:
    Check(const Settings& settings, const ServicePorts& ports)
        : settings_(settings), ports_(ports), said_(bad_client_ports(settings, ports)) {
        for (const std::string& text : said_)
            problems_.push_back({true, text});
    }

    void look_at(const ServiceEntry& entry) {
        if (entry.type == ServiceType::inet && !ports_.find(entry.port))
            stop(entry, no_port("service", entry.port));
        Command command = classify_command(entry.command);
        if (command.built == Built::unknown)
            stop(entry, base::text("command: expected a program of this mail system, found \"",
                                   entry.command, '"'));
        if (command.built != Built::here)
            return;
        look_at_options(entry);
        if (entry.overrides.empty()) {
            look_at_restrictions(settings_, entry);
            return;
        }
        try {
            look_at_overrides(entry);
        } catch (const Error& error) {
            for (const std::string& problem : error.problems())
                stop(entry, problem);
        }
    }

    Problems problems() && { return std::move(problems_); }

  private:
    void stop(const ServiceEntry& entry, std::string_view text) {
        problems_.push_back({true, base::text(entry.where, ": ", text)});
    }
    void warn(const ServiceEntry& entry, std::string_view text) {
        problems_.push_back({false, base::text(entry.where, ": ", text)});
    }

    void look_at_restrictions(const Settings& settings, const ServiceEntry& entry) {
        if (entry.command != "smtpd")
            return;
        RestrictionFindings findings = check_restrictions(settings);
        for (const std::string& warning : findings.warnings)
            warn(entry, warning);
        for (const std::string& problem : findings.problems)
            stop(entry, problem);
    }

    // Postfix's daemons log more with -v and call debugger_command with -D.
    void look_at_options(const ServiceEntry& entry) {
        for (const std::string& word : entry.arguments) {
            if (!word.starts_with('-'))
                return;
            if (word.find('v') != word.npos)
                warn(entry, base::text(entry.command, " -v: a verbose log is not built yet"));
            if (word.find('D') != word.npos)
                warn(entry, base::text(entry.command,
                                       " -D: has no effect: a process is traced from "
                                       "outside"));
        }
    }

    // The settings of a service must load too: its -o options can be wrong or not built yet.
    void look_at_overrides(const ServiceEntry& entry) {
        Settings own = settings_of(entry, settings_);
        for (const std::string& warning : own.warnings())
            if (warning.starts_with("-o: "))
                warn(entry, warning);
        look_at_restrictions(own, entry);
        auto is_about_ports = [](const auto& override) {
            return override.first == "known_tcp_ports" || override.first == port_names[0] ||
                   override.first == port_names[1];
        };
        if (std::none_of(entry.overrides.begin(), entry.overrides.end(), is_about_ports))
            return;
        for (const std::string& problem : bad_client_ports(own, ServicePorts::of(own)))
            if (std::find(said_.begin(), said_.end(), problem) == said_.end())
                stop(entry, problem);
    }

    const Settings& settings_;
    const ServicePorts& ports_;
    const Texts said_;  // of the settings that all services share
    Problems problems_;
};

}  // namespace

std::vector<Problem> check_services(const Settings& settings,
                                    const std::vector<ServiceEntry>& services,
                                    const ServicePorts& ports) {
    Check check(settings, ports);
    for (const ServiceEntry& entry : services)
        check.look_at(entry);
    return std::move(check).problems();
}

}  // namespace config
