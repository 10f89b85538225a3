#include "smtp/login_rules.h"

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/sasl/properties.h"

namespace smtp {
namespace {

unsigned demands_of(const config::OwnSettings& own, std::string_view suffix) {
    try {
        return sasl::demands_of(own.list(suffix));
    } catch (const config::Error& error) {
        throw config::Error(
            base::text(own.where(suffix), ": ", own.name(suffix), ": ", error.what()));
    }
}

}  // namespace

LoginRules LoginRules::from(const config::OwnSettings& own, dict::Tables& tables) {
    LoginRules rules;
    rules.demands = demands_of(own, "_sasl_security_options");
    rules.tls_demands = demands_of(own, "_sasl_tls_security_options");
    rules.verified_demands = demands_of(own, "_sasl_tls_verified_security_options");
    auto filter = std::make_shared<dict::MatchList>(dict::MatchList::of(
        dict::MatchList::Of::strings, tables, own.all(), own.name("_sasl_mechanism_filter")));
    if (!filter->empty())
        rules.filter = std::move(filter);
    rules.soft_bounce = own.flag("_sasl_auth_soft_bounce");
    return rules;
}

}  // namespace smtp
