#include "postrelay/logins.h"

#include <optional>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/nexthop/login_tables.h"

namespace postrelay {
namespace {

using nexthop::LoginTables;

std::string_view proof_of(const PlaceLogin& login) {
    return login.token ? "token" : "password";
}

PlaceLogin login_in(const LoginTables::Entry& entry, const LoginTables& tables) {
    PlaceLogin login;
    if (entry.lookup.retry())
        login.trouble = base::text("the table does not answer: ", entry.lookup.value);
    if (entry.lookup.found())
        login.trouble = tables.defect_of(entry);
    if (!entry.lookup.found() || !login.trouble.empty())
        return login;
    login.user = tables.user_of(entry);
    login.token = entry.token;
    login.from = entry.source();
    return login;
}

}  // namespace

io::Task<void> find_logins(Findings& findings, const config::OwnSettings& own,
                           dict::Tables& tables) {
    std::optional<LoginTables> logins;
    PlaceLogin unknown;
    try {
        logins = LoginTables::of(own, tables);
    } catch (const config::Error& error) {
        unknown.trouble = error.what();
    }
    for (Place& place : findings.order) {
        if (!unknown.trouble.empty())
            place.login = unknown;
        if (!logins)
            continue;
        nexthop::Visit visit(findings.routed.route->nexthop, findings.sender,
                             findings.hops[place.hop].relay, place.endpoint);
        LoginTables::Entry entry = co_await logins->find(std::move(visit));
        place.login = login_in(entry, *logins);
    }
}

std::string login_text(const PlaceLogin& login) {
    if (!login.trouble.empty())
        return base::text("unknown: ", login.trouble);
    if (login.from.empty())
        return "none";
    return base::text(login.user, ", by ", proof_of(login), " (", login.from, ')');
}

base::Json login_json(const PlaceLogin& login) {
    base::Json json;
    if (!login.trouble.empty())
        json.string("trouble", login.trouble);
    if (!login.from.empty())
        json.string("user", login.user).string("by", proof_of(login)).string("from", login.from);
    return json;
}

}  // namespace postrelay
