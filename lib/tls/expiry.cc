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

// What is to be said of each certificate. Throws PemError.
std::vector<std::string> verdicts(const config::Settings& settings, std::string_view pem,
                                  base::WallTime now) {
    const base::Duration notice = settings.time("smtpd_tls_expiry_warning_time");
    std::vector<std::string> all;
    for (const Cert& certificate : read_certificates(pem)) {
        ChainLink link = chain_link(certificate.get());
        std::string what = verdict(link, now, notice);
        if (!what.empty())
            all.push_back(base::text("the certificate of ", link.subject, ' ', what));
    }
    return all;
}

std::vector<std::string> verdicts_of_file(const config::Settings& settings, const std::string& path,
                                          base::WallTime now) {
    try {
        std::string text = file_content(path);
        std::vector<std::string> all = verdicts(settings, text, now);
        wipe(text);
        return all;
    } catch (const PemError&) {
        return {};
    }
}

}  // namespace

std::vector<std::string> server_expiries(const config::Settings& settings, base::WallTime now) {
    std::vector<std::string> warnings;
    std::set<std::string> seen;
    for (const ServerFile& file : server_files(settings)) {
        if (!file.of_server || !seen.insert(file.path).second)
            continue;
        for (const std::string& what : verdicts_of_file(settings, file.path, now))
            warnings.push_back(base::text(settings.where(file.parameter), ": ", file.parameter,
                                          ": ", file.path, ": ", what));
    }
    return warnings;
}

std::vector<std::string> chain_doubts(const config::Settings& settings, std::string_view pem,
                                      base::WallTime now) {
    try {
        read_chains(pem);
        return verdicts(settings, pem, now);
    } catch (const PemError& error) {
        return {error.reason};
    }
}

}  // namespace tls
