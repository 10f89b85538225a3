#include "lib/tls/expiry.h"

#include <ctime>
#include <set>

#include "lib/base/text.h"
#include "lib/tls/certificate.h"
#include "lib/tls/check.h"
#include "lib/tls/pem.h"

namespace tls {
namespace {

std::string date(base::WallTime when) {
    std::time_t seconds = std::chrono::system_clock::to_time_t(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(when));
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[40];
    return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &utc));
}

// Empty where nothing is to be said.
std::string verdict(const ChainLink& certificate, base::WallTime now, base::Duration notice) {
    if (certificate.not_after < now)
        return "expired on " + date(certificate.not_after);
    if (certificate.not_before > now)
        return "is not valid before " + date(certificate.not_before);
    if (certificate.not_after - now < notice)
        return "expires on " + date(certificate.not_after);
    return "";
}

std::vector<Cert> certificates_of(const std::string& path) {
    try {
        std::string text = file_content(path);
        std::vector<Cert> all = read_certificates(text);
        wipe(text);
        return all;
    } catch (const PemError&) {
        return {};
    }
}

}  // namespace

std::vector<std::string> server_expiries(const config::Settings& settings, base::WallTime now) {
    const base::Duration notice = settings.time("smtpd_tls_expiry_warning_time");
    std::vector<std::string> warnings;
    std::set<std::string> seen;
    for (const ServerFile& file : server_files(settings)) {
        if (!file.of_server || !seen.insert(file.path).second)
            continue;
        for (const Cert& certificate : certificates_of(file.path)) {
            ChainLink link = chain_link(certificate.get());
            std::string what = verdict(link, now, notice);
            if (!what.empty())
                warnings.push_back(base::text(settings.where(file.parameter), ": ", file.parameter,
                                              ": ", file.path, ": the certificate of ",
                                              link.subject, ' ', what));
        }
    }
    return warnings;
}

}  // namespace tls
