#include "smtp/credentials.h"

#include <utility>

#include "lib/base/text.h"
#include "lib/io/loop.h"

namespace smtp {
namespace {

// Tables that were rebuilt are seen within a second; this comes on top.
constexpr base::Duration moment = 500ms;

}  // namespace

bool Credentials::operator==(const Credentials& other) const {
    if (tokens || other.tokens)
        return tokens == other.tokens && account.user == other.account.user;
    return account == other.account;
}

std::shared_ptr<Logins> Logins::from(const config::OwnSettings& own, dict::Tables& tables) {
    std::optional<nexthop::LoginTables> found = nexthop::LoginTables::of(own, tables);
    if (!found)
        return nullptr;
    std::shared_ptr<Logins> logins(new Logins(std::move(*found)));
    logins->names_role_ = own.all().flag("send_cyrus_sasl_authzid");
    logins->rules_.command_time_limit = own.time("_sasl_token_command_time_limit");
    logins->rules_.size_limit = own.number("_sasl_token_size_limit");
    logins->rules_.refresh_margin = own.time("_sasl_token_refresh_margin");
    logins->rules_.unknown_lifetime = own.time("_sasl_token_default_lifetime");
    return logins;
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
    Entry entry = co_await tables_.find(std::move(question));
    if (!entry.lookup.retry())
        recent_.insert_or_assign(std::move(key), entry);
    co_return entry;
}

Credentials Logins::login_of(const Entry& entry) const {
    Credentials login;
    login.account.user = tables_.user_of(entry);
    login.account.names_role = names_role_;
    login.source = entry.source();
    return login;
}

io::Task<FoundLogin> Logins::with_token(Entry entry) {
    FoundLogin found;
    std::string source = tables_.proof_of(entry);
    std::shared_ptr<TokenSource>& tokens = sources_[source];
    if (!tokens)
        tokens = TokenSource::of(source, rules_);
    if (!tokens) {
        sources_.erase(source);
        found.trouble = base::text(entry.source(),
                                   ": expected \"user file:/path\" or \"user command:/path …\"");
        co_return found;
    }
    Credentials login = login_of(entry);
    login.tokens = tokens;
    login.account.proof = sasl::Proof::token;
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
    if (entry.lookup.retry()) {
        found.trouble = base::text("the table of logins does not answer: ", entry.lookup.value);
        co_return found;
    }
    if (entry.token)
        co_return co_await with_token(std::move(entry));
    found.login = login_of(entry);
    found.login->account.secret = tables_.proof_of(entry);
    co_return found;
}

}  // namespace smtp
