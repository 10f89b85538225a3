#include "lib/nexthop/relay_uses.h"

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/master_cf.h"
#include "lib/dict/braces.h"

namespace nexthop {
namespace {

constexpr const char* class_transports[] = {"local_transport", "virtual_transport",
                                            "relay_transport", "default_transport"};

struct Split {
    std::string transport;
    std::string nexthop;
};

// "transport:nexthop" as transport(5) has it.
Split split(std::string_view value) {
    size_t colon = std::min(value.find(':'), value.size());
    Split parts;
    parts.transport = value.substr(0, colon);
    parts.nexthop = base::trim(value.substr(std::min(colon + 1, value.size())));
    return parts;
}

std::string place_of(const config::Settings& settings, std::string_view name) {
    return base::text(settings.where(name), ": ", name);
}

void add(std::vector<RelayUse>& uses, std::string place, std::string transport,
         std::string nexthop) {
    if (!base::trim(nexthop).empty())
        uses.push_back({std::move(place), std::move(transport), std::move(nexthop)});
}

struct RelayTable {
    const char* parameter;
    bool names_transport;  // else values are next hops alone
};
constexpr RelayTable relay_tables[] = {{"transport_maps", true},
                                       {"sender_dependent_default_transport_maps", true},
                                       {"sender_dependent_relayhost_maps", false}};

void add_entries(std::vector<RelayUse>& uses, dict::Table& table, const RelayTable& of,
                 const config::Settings& settings) {
    table.each([&](std::string_view key, std::string_view value) {
        if (base::equal_nocase(value, "DUNNO"))
            return;
        std::string place = base::text("table ", table.name(), ": key ", base::printable(key));
        Split parts = of.names_transport ? split(value) : Split{{}, std::string(value)};
        if (parts.transport.empty())
            parts.transport = relaying_transport(settings);
        add(uses, std::move(place), parts.transport, parts.nexthop);
    });
}

}  // namespace

std::string relaying_transport(const config::Settings& settings) {
    return split(settings.text("default_transport")).transport;
}

std::vector<RelayUse> relays_of_settings(const config::Settings& settings,
                                         const config::Transports& transports) {
    std::vector<RelayUse> uses;
    add(uses, place_of(settings, "relayhost"), relaying_transport(settings),
        settings.text("relayhost"));
    for (const char* program : {"smtp", "lmtp"}) {
        std::string name = base::text(program, "_fallback_relay");
        for (const std::string& transport : transports.speaking_smtp()) {
            if (transports.command(transport) != program)
                continue;
            add(uses, place_of(settings, name), transport, settings.text(name));
            break;
        }
    }
    for (const char* name : class_transports) {
        Split parts = split(settings.text(name));
        add(uses, place_of(settings, name), parts.transport, parts.nexthop);
    }
    return uses;
}

std::vector<RelayUse> relays_of_tables(const config::Settings& settings, dict::Tables& tables) {
    std::vector<RelayUse> uses;
    for (const RelayTable& of : relay_tables) {
        for (const std::string& name : dict::split_braced(settings.text(of.parameter))) {
            try {
                add_entries(uses, tables.open(name), of, settings);
            } catch (const config::Error&) {
                continue;
            } catch (const base::SystemError&) {
                continue;
            }
        }
    }
    return uses;
}

TransportOptions::TransportOptions(const config::Settings& settings)
    : settings_(settings), transports_(config::Transports::of(settings)) {
    try {
        config::MasterCf file = config::MasterCf::of(settings);
        for (const config::ServiceEntry& entry : file.entries())
            if (entry.type != config::ServiceType::inet)
                overrides_[entry.name] = entry.overrides;
    } catch (const std::runtime_error&) {
        return;  // master.cf has a check of its own
    }
}

config::Settings TransportOptions::settings_of(const std::string& transport) const {
    config::Overrides overrides = {{"service_name", transport}};
    if (auto own = overrides_.find(transport); own != overrides_.end())
        overrides.insert(overrides.end(), own->second.begin(), own->second.end());
    return config::Settings::from(settings_.main_cf(), settings_.directory(), overrides);
}

const Options* TransportOptions::of(const std::string& transport) {
    auto known = options_.find(transport);
    if (known == options_.end()) {
        known = options_.emplace(transport, std::nullopt).first;
        if (transports_.speaks_smtp(transport)) {
            try {
                config::Settings own = settings_of(transport);
                std::string program(transports_.command(transport));
                known->second = Options::from(config::OwnSettings(own, program), transport);
            } catch (const std::runtime_error&) {
                known->second.reset();  // services have a check of their own
            }
        }
    }
    return known->second ? &*known->second : nullptr;
}

}  // namespace nexthop
