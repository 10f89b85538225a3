#include "lib/tls/check.h"

#include <set>
#include <string>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/master_cf.h"
#include "lib/tls/server_context.h"

namespace tls {
namespace {

std::string level_of(const config::Settings& settings) {
    std::string level = base::lower(settings.text("smtpd_tls_security_level"));
    if (!level.empty())
        return level;
    if (settings.flag("smtpd_enforce_tls"))
        return "encrypt";
    return settings.flag("smtpd_use_tls") ? "may" : "none";
}

void look_at(const config::Settings& settings, std::set<std::string>& seen,
             std::vector<config::Problem>& problems) {
    if (!server_offers(settings))
        return;
    try {
        // Tables by name are not read here, but that there are some counts.
        ChainsByName by_name;
        if (!settings.text("tls_server_sni_maps").empty())
            by_name = [](std::string_view) { return std::optional<std::string>(); };
        ServerContext context(settings, nullptr, std::move(by_name));
    } catch (const config::Error& error) {
        for (const std::string& problem : error.problems())
            if (seen.insert(problem).second)
                problems.push_back({server_demands(settings), problem});
    }
}

}  // namespace

bool server_demands(const config::Settings& settings) {
    std::string level = level_of(settings);
    return settings.flag("smtpd_tls_wrappermode") || (level != "none" && level != "may");
}

bool server_offers(const config::Settings& settings) {
    return server_demands(settings) || level_of(settings) == "may";
}

std::vector<config::Problem> check_servers(const config::Settings& settings) {
    std::vector<config::Problem> problems;
    std::set<std::string> seen;
    try {
        config::MasterCf master_cf = config::MasterCf::of(settings);
        for (const config::ServiceEntry& entry : master_cf.entries()) {
            if (entry.command != "smtpd")
                continue;
            config::Overrides overrides = {{"service_name", entry.name}};
            overrides.insert(overrides.end(), entry.overrides.begin(), entry.overrides.end());
            look_at(config::Settings::from(settings.main_cf(), settings.directory(), overrides),
                    seen, problems);
        }
    } catch (const std::runtime_error&) {
        return problems;  // master.cf has a check of its own
    }
    return problems;
}

}  // namespace tls
