#include "smtp/credentials.h"

#include <algorithm>
#include <utility>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/io/loop.h"
#include "lib/mail/address.h"
#include "lib/mail/extension.h"
#include "smtp/log.h"

namespace smtp {
namespace {

// Tables that were rebuilt are seen within a second; this comes on top.
constexpr base::Duration moment = 500ms;

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
std::vector<std::string> relays_of(const nexthop::Visit& question) {
    std::vector<std::string> names;
    for (const std::string* name : {&question.element, &question.host, &question.domain})
        if (!name->empty() && std::ranges::find(names, *name) == names.end())
            names.push_back(*name);
    return names;
}

}  // namespace

bool Credentials::operator==(const Credentials& other) const {
    if (tokens || other.tokens)
        return tokens == other.tokens && account.user == other.account.user;
    return account == other.account;
}

std::shared_ptr<Logins> Logins::from(const config::OwnSettings& own, dict::Tables& tables) {
    if (!own.flag("_sasl_auth_enable"))
        return nullptr;
    std::shared_ptr<Logins> logins(new Logins);
    logins->passwords_ = dict::Maps::of(tables, own.all(), own.name("_sasl_password_maps"));
    logins->tokens_ = dict::Maps::of(tables, own.all(), own.name("_sasl_token_maps"));
    if (logins->passwords_.empty() && logins->tokens_.empty())
        throw config::Error(
            base::text(own.where("_sasl_auth_enable"), ": ", own.name("_sasl_auth_enable"),
                       " = yes: expected a table of logins in ", own.name("_sasl_password_maps"),
                       " or ", own.name("_sasl_token_maps")));
    logins->delimiter_ = own.text("_sasl_password_result_delimiter");
    if (logins->delimiter_.empty())
        own.refuse("_sasl_password_result_delimiter", "what separates user name and password");
    logins->by_sender_ = own.flag("_sender_dependent_authentication");
    logins->names_role_ = own.all().flag("send_cyrus_sasl_authzid");
    logins->extension_delimiters_ = own.all().text("recipient_delimiter");
    logins->rules_.command_time_limit = own.time("_sasl_token_command_time_limit");
    logins->rules_.size_limit = own.number("_sasl_token_size_limit");
    logins->rules_.refresh_margin = own.time("_sasl_token_refresh_margin");
    logins->rules_.unknown_lifetime = own.time("_sasl_token_default_lifetime");
    return logins;
}

// Patterns match whole keys; a domain with everything behind it is a part.
std::vector<Logins::Key> Logins::keys_for(const nexthop::Visit& question) const {
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

io::Task<Logins::Entry> Logins::look_up(nexthop::Visit question) const {
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

io::Task<Logins::Entry> Logins::remembered(nexthop::Visit question) {
    base::Instant now = io::loop().now();
    if (now - recent_since_ >= moment) {
        recent_.clear();
        recent_since_ = now;
    }
    std::string key = base::text(question.sender, '\n', question.element, '\n', question.host);
    auto known = recent_.find(key);
    if (known != recent_.end())
        co_return known->second;
    Entry entry = co_await look_up(std::move(question));
    if (!entry.lookup.retry())
        recent_.insert_or_assign(std::move(key), entry);
    co_return entry;
}

Credentials Logins::with_password(std::string_view value) const {
    Credentials login;
    size_t at = value.find(delimiter_);
    login.account.user = value.substr(0, at);
    if (at != std::string_view::npos)
        login.account.secret = value.substr(at + delimiter_.size());
    login.account.names_role = names_role_;
    return login;
}

std::string Logins::source_of(const Entry& entry) {
    return base::text("table ", entry.lookup.table, ", key ", entry.key);
}

// "user file:/path" or "user command:/path argument …".
io::Task<FoundLogin> Logins::with_token(Entry entry) {
    FoundLogin found;
    std::string_view value = base::trim(entry.lookup.value);
    size_t space = value.find_first_of(" \t");
    std::string source(space == value.npos ? "" : base::trim(value.substr(space)));
    std::shared_ptr<TokenSource>& tokens = sources_[source];
    if (!tokens)
        tokens = TokenSource::of(source, rules_);
    if (!tokens) {
        sources_.erase(source);
        found.trouble = base::text("table ", entry.lookup.table, ": key ", entry.key,
                                   ": expected \"user file:/path\" or \"user command:/path …\"");
        co_return found;
    }
    Credentials login;
    login.tokens = tokens;
    login.source = source_of(entry);
    login.account.user = value.substr(0, space);
    login.account.proof = sasl::Proof::token;
    login.account.names_role = names_role_;
    try {
        std::string token = co_await login.tokens->token();
        login.account.secret = std::move(token);
        found.login = std::move(login);
    } catch (const NoToken& why) {
        found.trouble = base::text("no token for ", login.account.user, ": ", why.what());
    }
    co_return found;
}

io::Task<FoundLogin> Logins::find(nexthop::Visit question) {
    Entry entry = co_await remembered(std::move(question));
    FoundLogin found;
    if (entry.lookup.none())
        co_return found;
    if (entry.lookup.retry())
        found.trouble = base::text("the table of logins does not answer: ", entry.lookup.value);
    else if (entry.token)
        co_return co_await with_token(std::move(entry));
    else
        found.login = with_password(entry.lookup.value);
    if (found.login)
        found.login->source = source_of(entry);
    co_return found;
}

}  // namespace smtp
