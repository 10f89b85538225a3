#include "lib/config/transports.h"

#include "lib/base/error.h"
#include "lib/config/master_cf.h"

namespace config {

Transports Transports::of(const Settings& settings) {
    Transports transports;
    transports.commands_ = {{"smtp", "smtp"},   {"relay", "smtp"},      {"lmtp", "lmtp"},
                            {"error", "error"}, {"retry", "error"},     {"discard", "discard"},
                            {"local", "local"}, {"virtual", "virtual"}, {"uucp", "pipe"}};
    try {
        MasterCf file = MasterCf::of(settings);
        transports.commands_.clear();
        for (const ServiceEntry& entry : file.entries())
            if (entry.type != ServiceType::inet)
                transports.commands_[entry.name] = entry.command;
    } catch (const Error&) {
    } catch (const base::SystemError&) {
    }
    return transports;
}

std::string_view Transports::command(std::string_view transport) const {
    auto found = commands_.find(transport);
    return found == commands_.end() ? std::string_view() : found->second;
}

bool Transports::speaks_smtp(std::string_view transport) const {
    std::string_view known = command(transport);
    return known == "smtp" || known == "lmtp";
}

std::vector<std::string> Transports::speaking_smtp() const {
    std::vector<std::string> names;
    for (auto& [name, command] : commands_)
        if (speaks_smtp(name))
            names.push_back(name);
    return names;
}

}  // namespace config
