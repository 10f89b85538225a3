#include "lib/tls/check.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <set>
#include <string>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/master_cf.h"
#include "lib/config/values.h"
#include "lib/tls/expiry.h"
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

using Problems = std::vector<config::Problem>;

void look_at(const config::Settings& settings, std::set<std::string>& seen, Problems& problems) {
    if (!server_offers(settings))
        return;
    if (std::optional<std::string> warning = server_goes_without(settings)) {
        if (seen.insert(*warning).second)
            problems.push_back({false, *warning});
        return;
    }
    try {
        // Tables by name are not read here, but that there are some counts.
        ChainsByName by_name;
        if (!settings.text("tls_server_sni_maps").empty())
            by_name = [](std::string_view) { return std::optional<std::string>(); };
        ServerContext context(settings, nullptr, std::move(by_name));
        for (const std::string& warning : server_expiries(settings, base::wall_now()))
            if (seen.insert(warning).second)
                problems.push_back({false, warning});
    } catch (const config::Error& error) {
        for (const std::string& problem : error.problems())
            if (seen.insert(problem).second)
                problems.push_back({true, problem});
    }
}

constexpr std::string_view certificate_parameters[] = {
    "smtpd_tls_chain_files", "smtpd_tls_cert_file",  "smtpd_tls_key_file", "smtpd_tls_eccert_file",
    "smtpd_tls_eckey_file",  "smtpd_tls_dcert_file", "smtpd_tls_dkey_file"};
constexpr std::string_view other_parameters[] = {"smtpd_tls_CAfile", "smtpd_tls_CApath",
                                                 "smtpd_tls_dh1024_param_file"};

bool names_certificate(const config::Settings& settings) {
    if (!settings.text("tls_server_sni_maps").empty())
        return true;
    return std::any_of(
        std::begin(certificate_parameters), std::end(certificate_parameters),
        [&](std::string_view parameter) { return !settings.value(parameter).empty(); });
}

}  // namespace

bool server_demands(const config::Settings& settings) {
    std::string level = level_of(settings);
    return settings.flag("smtpd_tls_wrappermode") || (level != "none" && level != "may");
}

bool server_offers(const config::Settings& settings) {
    return server_demands(settings) || level_of(settings) == "may";
}

std::vector<ServerFile> server_files(const config::Settings& settings) {
    std::vector<ServerFile> files;
    auto add = [&](std::string_view parameter, bool of_server) {
        for (std::string& file : config::parse_list(settings.value(parameter)))
            if (file.front() == '/')
                files.push_back({parameter, std::move(file), of_server});
    };
    for (std::string_view parameter : certificate_parameters)
        add(parameter, true);
    for (std::string_view parameter : other_parameters)
        add(parameter, false);
    return files;
}

std::optional<std::string> server_goes_without(const config::Settings& settings) {
    if (server_demands(settings))
        return std::nullopt;
    if (!names_certificate(settings))
        return "smtpd_tls_chain_files: no certificate for the server is named there, nor by "
               "smtpd_tls_cert_file and its like: TLS is not offered";
    for (const ServerFile& file : server_files(settings))
        if (::access(file.path.c_str(), F_OK) != 0 && errno == ENOENT)
            return base::text(settings.where(file.parameter), ": ", file.parameter, ": ", file.path,
                              ": ", base::error_text(ENOENT),
                              ": TLS is not offered until there is one");
    return std::nullopt;
}

std::vector<config::Problem> check_servers(const config::Settings& settings) {
    std::vector<config::Problem> problems;
    std::set<std::string> seen;
    config::each_service(settings, [&](const auto& entry, const config::Settings& own) {
        if (entry.command == "smtpd")
            look_at(own, seen, problems);
    });
    return problems;
}

}  // namespace tls
