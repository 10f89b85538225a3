#include "smtpd/server_names.h"

#include <algorithm>
#include <span>

#include "lib/base/base64.h"
#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/logical_lines.h"
#include "lib/config/values.h"
#include "lib/io/task.h"
#include "lib/tls/expiry.h"

namespace smtpd {

namespace {

// The kinds of tables whose values are the files' content already (postmap -F).
constexpr std::string_view indexed[] = {"hash:", "btree:", "cdb:", "lmdb:"};
constexpr std::string_view listed[] = {"texthash:", "inline:"};

bool is_one_of(std::span<const std::string_view> kinds, std::string_view table) {
    return std::any_of(kinds.begin(), kinds.end(),
                       [&](std::string_view kind) { return table.starts_with(kind); });
}

// A question that is answered before anything else runs, since a handshake cannot wait inside
// OpenSSL. The indexed tables are read in place.
struct AtOnce {
    struct promise_type : io::detail::PromiseBase {
        AtOnce get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
    };
};

AtOnce ask(dict::Table& table, std::string_view name, dict::Lookup& answer) {
    dict::Lookup lookup = co_await table.find(name, dict::Key::whole);
    answer = std::move(lookup);
}

std::string read_file(const std::string& path, const std::string& where) {
    try {
        return config::read_file(path);
    } catch (const base::SystemError& error) {
        throw config::Error(base::text(where, ": ", error.what()));
    }
}

}  // namespace

ServerNames::ServerNames(const config::Settings& settings, dict::Tables& tables) {
    constexpr std::string_view parameter = "tls_server_sni_maps";
    for (const std::string& name : config::parse_list(settings.value(parameter))) {
        std::string where = base::text(settings.where(parameter), ": ", parameter, ": ", name);
        dict::Table& table = tables.open(name);
        if (is_one_of(indexed, table.name()))
            sources_.push_back({&table, {}});
        else if (is_one_of(listed, table.name()))
            sources_.push_back(read_all(table, where));
        else
            throw config::Error(base::text(
                where, ": expected a table of type hash, btree, cdb, lmdb, texthash or inline"));
        for (const auto& [host, chain] : sources_.back().chains)
            for (const std::string& doubt : tls::chain_doubts(settings, chain, base::wall_now()))
                base::log::warning(base::text(where, ": ", host, ": ", doubt));
    }
}

ServerNames::Source ServerNames::read_all(dict::Table& table, const std::string& where) {
    Source source{nullptr, {}};
    bool shown = table.each([&](std::string_view name, std::string_view value) {
        std::string& chain = source.chains[base::lower(name)];
        for (std::string& file : config::parse_list(value)) {
            base::append(chain, read_file(file, where), '\n');
            files_.push_back(std::move(file));
        }
    });
    if (!shown)
        throw config::Error(base::text(where, ": cannot be read as a whole"));
    for (std::string& file : table.files())
        files_.push_back(std::move(file));
    return source;
}

std::optional<std::string> ServerNames::chain(std::string_view name) const {
    for (const Source& source : sources_) {
        auto known = source.chains.find(name);
        if (known != source.chains.end())
            return known->second;
        if (source.table == nullptr)
            continue;
        dict::Lookup lookup;
        ask(*source.table, name, lookup);
        if (!lookup.found())
            continue;
        auto chain = base::from_base64(lookup.value);
        if (chain)
            return std::string(chain->begin(), chain->end());
        base::log::warning(base::text(source.table->name(), ": the value of ", name,
                                      " is no base64: the table was made without postmap -F"));
        return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace smtpd
