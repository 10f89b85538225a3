#include "lib/nexthop/check_tls.h"

#include <algorithm>
#include <set>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/own_settings.h"
#include "lib/dict/braces.h"
#include "lib/nexthop/dane.h"
#include "lib/nexthop/requiretls.h"
#include "lib/nexthop/tls_policies.h"
#include "lib/sasl/properties.h"
#include "lib/tls/client_context.h"

namespace nexthop {
namespace {

class Check {
  public:
    explicit Check(dict::Tables* tables = nullptr) : tables_(tables) {}

    void look_at(const config::OwnSettings& own, const LookupOptions& lookup) {
        try {
            TlsDefaults defaults = tls_defaults(own);
            look_at_default(own, defaults.policy);
            look_at_dane(own, defaults.policy, DaneSettings::from(own, lookup));
            for (const std::string& table : dict::split_braced(own.text("_tls_policy_maps")))
                look_into(own, table, defaults);
            for (const std::string& table : requiretls_tables(own))
                look_into_demands(own, table);
        } catch (const config::Error&) {
            return;  // said by check_clients()
        }
    }

    void try_to_start(const config::OwnSettings& own) {
        try {
            TlsDefaults defaults = tls_defaults(own);
            bool wanted = defaults.policy.level != TlsLevel::none ||
                          !own.text("_tls_policy_maps").empty() ||
                          !own.text("_tls_per_site").empty();
            if (wanted)
                tls::ClientContext read_all(own);
            look_at_logins(own);
            requiretls_tables(own);
        } catch (const config::Error& error) {
            for (const std::string& problem : error.problems())
                add(true, problem);
        }
    }
    std::vector<config::Problem> problems() && { return std::move(problems_); }

  private:
    void add(bool fatal, std::string text) {
        if (std::ranges::find(problems_, text, &config::Problem::text) == problems_.end())
            problems_.push_back({fatal, std::move(text)});
    }

    void look_at_logins(const config::OwnSettings& own) {
        for (const char* each : {"_sasl_security_options", "_sasl_tls_security_options",
                                 "_sasl_tls_verified_security_options"}) {
            try {
                sasl::demands_of(own.list(each));
            } catch (const config::Error& error) {
                add(true, base::text(own.where(each), ": ", own.name(each), ": ", error.what()));
            }
        }
        const char* const tables[] = {"_sasl_password_maps", "_sasl_token_maps"};
        if (own.flag("_sasl_auth_enable") &&
            std::ranges::all_of(tables, [&](const char* each) { return own.text(each).empty(); }))
            add(true,
                base::text(own.where("_sasl_auth_enable"), ": ", own.name("_sasl_auth_enable"),
                           " = yes: expected a table of logins", " in ", own.name(tables[0]),
                           " or ", own.name(tables[1])));
    }

    void look_at_default(const config::OwnSettings& own, const TlsPolicy& policy) {
        std::string name = own.name("_tls_wrappermode");
        bool tables = !own.text("_tls_policy_maps").empty() || !own.text("_tls_per_site").empty();
        if (policy.wrapped && !is_mandatory(policy.level) && !tables)
            add(false, base::text(own.where("_tls_wrappermode"), ": ", name, " = yes: expected ",
                                  own.name("_tls_security_level"), " = encrypt or stronger, found ",
                                  name_of(policy.level), "; mail waits in the queue"));
        if (policy.level == TlsLevel::fingerprint && policy.match.empty())
            add(false,
                base::text(own.where("_tls_security_level"), ": ", own.name("_tls_security_level"),
                           " = fingerprint: expected ", own.name("_tls_fingerprint_cert_match"),
                           " with a fingerprint; mail waits in the queue"));
    }

    void look_at_dane(const config::OwnSettings& own, const TlsPolicy& policy,
                      const DaneSettings& dane) {
        if (!asks_for_tlsa(policy.level) || dane.obstacle.empty())
            return;
        bool waits = policy.level == TlsLevel::dane_only;
        add(false, base::text(own.where("_tls_security_level"), ": ",
                              own.name("_tls_security_level"), " = ", name_of(policy.level),
                              ": expected ", own.name("_dns_support_level"), " = dnssec, dns in ",
                              own.name("_host_lookup"), ", no ", own.name("_dns_resolver_options"),
                              " and no ignore_mx_lookup_error, found ", dane.obstacle,
                              waits ? "; mail waits in the queue"
                                    : "; no server's certificate is checked"));
    }

    void look_into(const config::OwnSettings& own, const std::string& table,
                   const TlsDefaults& defaults) {
        look_at_each(table, [&](std::string_view key, std::string_view value) {
            for (const std::string& problem : tls_policy_problems(table, key, value, defaults))
                add(false, base::text(own.where("_tls_policy_maps"), ": ",
                                      own.name("_tls_policy_maps"), ": ", problem));
        });
    }

    void look_into_demands(const config::OwnSettings& own, const std::string& table) {
        look_at_each(table, [&](std::string_view key, std::string_view value) {
            std::string problem = requiretls_problem(table, key, value);
            if (!problem.empty())
                add(false, base::text(own.where("_requiretls_policy"), ": ",
                                      own.name("_requiretls_policy"), ": ", problem));
        });
    }

    void look_at_each(const std::string& table, const dict::Table::Visit& visit) {
        if (!seen_.insert(table).second)
            return;
        try {
            tables_->open(table).each(visit);
        } catch (const config::Error&) {
            return;  // said where tables are opened
        } catch (const base::SystemError&) {
            return;
        }
    }

    dict::Tables* tables_;
    std::vector<config::Problem> problems_;
    std::set<std::string> seen_;
};

}  // namespace

std::vector<config::Problem> check_clients(TransportOptions& transports) {
    Check check;
    for (const std::string& transport : transports.transports().speaking_smtp()) {
        if (transports.of(transport) == nullptr)
            continue;
        config::Settings settings = transports.settings_of(transport);
        check.try_to_start(
            config::OwnSettings(settings, transports.transports().command(transport)));
    }
    return std::move(check).problems();
}

std::vector<config::Problem> check_tls(TransportOptions& transports, dict::Tables& tables) {
    Check check(&tables);
    for (const std::string& transport : transports.transports().speaking_smtp()) {
        const Options* options = transports.of(transport);
        if (options == nullptr)
            continue;
        config::Settings settings = transports.settings_of(transport);
        check.look_at(config::OwnSettings(settings, transports.transports().command(transport)),
                      options->lookup);
    }
    return std::move(check).problems();
}

bool never_asks_for_tls(const config::Settings& settings, std::string_view program) {
    auto value = [&](const char* suffix) { return settings.value(base::text(program, suffix)); };
    auto yes = [&](const char* suffix) { return base::equal_nocase(value(suffix), "yes"); };
    std::string level = value("_tls_security_level");
    bool by_level =
        level.empty() ? yes("_use_tls") || yes("_enforce_tls") : !base::equal_nocase(level, "none");
    return !by_level && value("_tls_policy_maps").empty() && value("_tls_per_site").empty() &&
           !yes("_tls_wrappermode");
}

}  // namespace nexthop
