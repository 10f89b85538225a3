// The start check of servers' TLS: keys, certificates and lists are read as smtpd will.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/check.h"
#include "lib/config/settings.h"

namespace tls {

// Whether smtpd offers TLS by these settings, and whether it demands it.
bool server_offers(const config::Settings& settings);
bool server_demands(const config::Settings& settings);

// A file of certificates, keys or authorities that a server reads at start.
struct ServerFile {
    std::string_view parameter;
    std::string path;
    bool of_server;  // of its own keys and certificates
};
std::vector<ServerFile> server_files(const config::Settings& settings);
// A warning, where TLS is only offered and no certificate is named, or a file does not exist:
// Debian's main.cf names a certificate that not every host has, and mail that may come in plain
// text does so until it is there.
std::optional<std::string> server_goes_without(const config::Settings& settings);

// What is wrong with the TLS of each smtpd of master.cf that offers it. Fatal, so that a reload
// leaves those that work alone, but for a server that goes without.
std::vector<config::Problem> check_servers(const config::Settings& settings);

}  // namespace tls
