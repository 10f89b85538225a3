#include "lib/sasl/check.h"

#include <set>
#include <string>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/master_cf.h"
#include "lib/sasl/auth_socket.h"
#include "lib/sasl/verifier.h"

namespace sasl {
namespace {

void read_demands(const config::Settings& settings) {
    Demands::of(settings, "smtpd_sasl_security_options");
}

void read_demands_of_tls(const config::Settings& settings) {
    Demands::of(settings, "smtpd_sasl_tls_security_options");
}

void read_path(const config::Settings& settings) {
    if (settings.text("smtpd_sasl_type") != "dovecot")
        return;
    try {
        AuthSocket::place_of(settings.text("smtpd_sasl_path"));
    } catch (const config::Error& error) {
        throw config::Error(
            base::text(settings.where("smtpd_sasl_path"), ": smtpd_sasl_path: ", error.what()));
    }
}

constexpr void (*readers[])(const config::Settings&) = {check_type, read_path, read_demands,
                                                        read_demands_of_tls};

void look_at(const config::Settings& settings, std::set<std::string>& problems) {
    if (!settings.flag("smtpd_sasl_auth_enable"))
        return;
    for (auto* read : readers) {
        try {
            read(settings);
        } catch (const config::Error& error) {
            problems.insert(error.problems().begin(), error.problems().end());
        }
    }
}

}  // namespace

std::vector<config::Problem> check_servers(const config::Settings& settings) {
    std::set<std::string> found;
    config::each_service(settings, [&](const auto& entry, const config::Settings& own) {
        if (entry.command == "smtpd")
            look_at(own, found);
    });
    std::vector<config::Problem> problems;
    for (const std::string& text : found)
        problems.push_back({true, text});
    return problems;
}

}  // namespace sasl
