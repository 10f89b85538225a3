// ServerNames has keys with certificates by the name that a client asks for: tls_server_sni_maps.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"
#include "lib/dict/tables.h"

namespace smtpd {

class ServerNames {
  public:
    ServerNames() = default;  // none
    // Reads the files that tables without an index of their own (texthash, inline) name: make it
    // while they may be read. Throws config::Error that names parameter, table and file. `tables`
    // outlives this.
    ServerNames(const config::Settings& settings, dict::Tables& tables);

    bool empty() const { return sources_.empty(); }
    // Key and certificates in PEM, for this name alone; nothing is known of its parents here.
    std::optional<std::string> chain(std::string_view name) const;
    // What is read at start only.
    const std::vector<std::string>& files() const { return files_; }

  private:
    struct Source {
        dict::Table* table;  // null: all of it is in `chains`
        std::map<std::string, std::string, std::less<>> chains;
    };
    Source read_all(dict::Table& table, const std::string& where);

    std::vector<Source> sources_;
    std::vector<std::string> files_;
};

}  // namespace smtpd
