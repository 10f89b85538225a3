#include "lib/nexthop/login_tables.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/dict/braces.h"
#include "lib/mail/address.h"
#include "lib/mail/extension.h"

namespace nexthop {
namespace {

// The address without its extension; "" for one that has none.
std::string without_extension(const std::string& address, std::string_view delimiters) {
    mail::ExtensionRules rules;
    rules.delimiters = delimiters;
    std::string_view domain = mail::domain_of(address);
    std::string_view local = mail::local_of(address);
    std::optional<size_t> at = mail::find_extension(local, rules);
    return at ? base::text(local.substr(0, *at), '@', domain) : "";
}

// What pairs call a sender, the whole of it first.
std::vector<std::string> names_of(const std::string& sender, std::string_view delimiters) {
    if (sender.empty())
        return {"<>"};
    std::vector<std::string> names = {sender};
    if (std::string plain = without_extension(sender, delimiters); !plain.empty())
        names.push_back(std::move(plain));
    if (std::string_view domain = mail::domain_of(sender); !domain.empty())
        names.push_back(base::text('@', domain));
    return names;
}

// What pairs call a relay, as it is written first.
std::vector<std::string> relays_of(const Visit& question) {
    std::vector<std::string> names;
    for (const std::string* name : {&question.element, &question.host, &question.domain})
        if (!name->empty() && std::ranges::find(names, *name) == names.end())
            names.push_back(*name);
    return names;
}

}  // namespace

std::optional<LoginTables> LoginTables::of(const config::OwnSettings& own, dict::Tables& tables) {
    if (!own.flag("_sasl_auth_enable"))
        return std::nullopt;
    LoginTables logins;
    logins.passwords_ = dict::Maps::of(tables, own.all(), own.name("_sasl_password_maps"));
    logins.tokens_ = dict::Maps::of(tables, own.all(), own.name("_sasl_token_maps"));
    if (logins.passwords_.empty() && logins.tokens_.empty())
        throw config::Error(
            base::text(own.where("_sasl_auth_enable"), ": ", own.name("_sasl_auth_enable"),
                       " = yes: expected a table of logins in ", own.name("_sasl_password_maps"),
                       " or ", own.name("_sasl_token_maps")));
    logins.delimiter_ = own.text("_sasl_password_result_delimiter");
    if (logins.delimiter_.empty())
        own.refuse("_sasl_password_result_delimiter", "what separates user name and password");
    logins.by_sender_ = own.flag("_sender_dependent_authentication");
    logins.extension_delimiters_ = own.all().text("recipient_delimiter");
    return logins;
}

// Patterns match whole keys; a domain with everything behind it is a part.
std::vector<LoginTables::Key> LoginTables::keys_for(const Visit& question) const {
    std::vector<Key> keys;
    std::vector<std::string> senders = names_of(question.sender, extension_delimiters_);
    for (const std::string& sender : senders)
        for (const std::string& relay : relays_of(question))
            keys.push_back({base::text(sender, '|', relay), dict::Key::whole});
    if (by_sender_ && !question.sender.empty())
        for (const std::string& sender : senders)
            keys.push_back(
                {sender, &sender == &senders.front() ? dict::Key::whole : dict::Key::part});
    for (const std::string* place : {&question.host, &question.element})
        if (!place->empty() && (keys.empty() || keys.back().text != *place))
            keys.push_back({*place, dict::Key::whole});
    return keys;
}

io::Task<LoginTables::Entry> LoginTables::find(Visit question) const {
    Entry entry;
    std::vector<Key> keys = keys_for(question);
    for (size_t i = 0; i < keys.size(); ++i) {
        entry.key = keys[i].text;
        for (bool token : {true, false}) {
            const dict::Maps& maps = token ? tokens_ : passwords_;
            dict::Lookup lookup = co_await maps.find(entry.key, keys[i].kind);
            entry.lookup = std::move(lookup);
            entry.token = token;
            if (!entry.lookup.none())
                co_return entry;
        }
    }
    co_return entry;
}

// What is written in main.cf itself has its passwords in its name.
std::string login_table_name(std::string_view table) {
    constexpr std::string_view proxy = "proxy:";
    constexpr std::string_view kept_in_name[] = {"inline", "static", "randmap", "pipemap",
                                                 "unionmap"};
    size_t at = table.starts_with(proxy) ? proxy.size() : 0;
    size_t end = std::min(table.find(':', at), table.size());
    bool secret =
        std::ranges::find(kept_in_name, table.substr(at, end - at)) != std::end(kept_in_name) ||
        table.substr(std::min(end + 1, table.size())).starts_with('{');
    return std::string(secret ? table.substr(0, end) : table);
}

std::string login_table_names(std::string_view tables) {
    std::string names;
    for (const std::string& table : dict::split_braced(tables))
        base::append(names, names.empty() ? "" : ", ", login_table_name(table));
    return names;
}

std::string LoginTables::Entry::source() const {
    return base::text("table ", login_table_name(lookup.table), ", key ", key);
}

std::string LoginTables::defect_of(const Entry& entry) const {
    if (!entry.token && entry.lookup.value.find(delimiter_) == std::string::npos)
        return base::text(entry.source(), ": expected \"user", delimiter_, "password\"");
    if (entry.token && split(entry).rest.empty())
        return base::text(entry.source(),
                          ": expected \"user file:/path\" or \"user command:/path …\"");
    return "";
}

// "user:password", or "user file:/path", "user command:/path argument …".
LoginTables::Split LoginTables::split(const Entry& entry) const {
    std::string_view value = entry.lookup.value;
    if (entry.token)
        value = base::trim(value);
    size_t at = entry.token ? value.find_first_of(" \t") : value.find(delimiter_);
    if (at == std::string_view::npos)
        return {value, {}};
    std::string_view rest = value.substr(entry.token ? at : at + delimiter_.size());
    return {value.substr(0, at), entry.token ? base::trim(rest) : rest};
}

std::string LoginTables::user_of(const Entry& entry) const {
    return std::string(split(entry).user);
}

std::string LoginTables::proof_of(const Entry& entry) const {
    return std::string(split(entry).rest);
}

}  // namespace nexthop
