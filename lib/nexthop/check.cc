#include "lib/nexthop/check.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/nexthop/check_names.h"
#include "lib/nexthop/check_tables.h"
#include "lib/nexthop/check_tls.h"
#include "lib/nexthop/relay_uses.h"

namespace nexthop {
namespace {

using Problems = std::vector<config::Problem>;

// Who takes a next hop for the name of one host or domain.
constexpr std::string_view single_minded[] = {"pipe", "local", "virtual"};

class Check {
  public:
    explicit Check(const config::Settings& settings) : transports_(settings) {}

    TransportOptions& transports() { return transports_; }
    Problems problems() && { return std::move(problems_); }

    void look_at(const RelayUse& use) {
        const config::Transports& known = transports_.transports();
        if (!known.speaks_smtp(use.transport)) {
            look_at_other(use, known.command(use.transport));
            return;
        }
        const Options* options = transports_.of(use.transport);
        if (!options)
            return;
        std::vector<Destination> elements = parse_destinations(use.nexthop, options->rules);
        for (const Destination& each : elements)
            look_at_element(use, each, *options, elements.size() == 1);
    }

    // Passwords that anybody on the way can read.
    void look_at_passwords(const std::string& transport) {
        std::string program(transports_.transports().command(transport));
        config::Settings own = transports_.settings_of(transport);
        std::string maps = program + "_sasl_password_maps";
        if (!own.value(maps).empty() && never_asks_for_tls(own, program))
            warn(base::text(own.where(maps), ": ", maps),
                 base::text("passwords are sent where anybody on the way can read them: ",
                            "expected ", program, "_tls_security_level = encrypt"));
    }

  private:
    void warn(std::string_view place, std::string_view text) {
        std::string problem = base::text(place, ": ", text);
        if (std::ranges::find(problems_, problem, &config::Problem::text) == problems_.end())
            problems_.push_back({false, std::move(problem)});
    }

    void look_at_other(const RelayUse& use, std::string_view command) {
        bool takes_one = std::ranges::find(single_minded, command) != std::end(single_minded);
        if (takes_one && base::split(use.nexthop, ", \t\r\n").size() > 1)
            warn(use.place, base::text("expected one next hop, because ", use.transport,
                                       " takes no list, as smtp and lmtp do; found \"",
                                       base::printable(use.nexthop), '"'));
    }

    void look_at_element(const RelayUse& use, const Destination& element, const Options& options,
                         bool alone) {
        if (element.kind == Destination::Kind::unusable)
            warn(use.place,
                 base::text(element.defect, "; expected host, [host], host:port or [address]:port ",
                            "with a known port",
                            alone ? "; mail for it waits in the queue"
                                  : "; mail goes past it to the others"));
        else if (is_own(element, options.lookup))
            warn(use.place, base::text("\"", element.text, "\" is this machine itself, to which ",
                                       "mail would come back; expected another host or port"));
        else if (names_transport(element))
            warn(use.place,
                 base::text("\"", element.text, ":\" names a transport, where a host ",
                            "is expected; a list has one transport, before its first ", "element"));
    }

    // A bare name may have other hosts as its exchangers.
    static bool is_own(const Destination& element, const LookupOptions& lookup) {
        if (!lookup.guard_loops || element.port != 25)
            return false;
        if (element.form == Destination::Form::literal)
            return lookup.own.contains(element.host);
        return element.form == Destination::Form::bracketed &&
               base::equal_nocase(element.host, lookup.myhostname);
    }

    // "[a], relay:[b]" in a list of smtp.
    bool names_transport(const Destination& element) const {
        return element.of_colon_list && !element.names_port &&
               !transports_.transports().command(element.host).empty();
    }

    TransportOptions transports_;
    Problems problems_;
};

void append(Problems& to, Problems some) {
    std::ranges::move(some, std::back_inserter(to));
}

}  // namespace

Problems check_relays(const config::Settings& settings) {
    Check check(settings);
    const config::Transports& transports = check.transports().transports();
    for (const RelayUse& use : relays_of_settings(settings, transports))
        check.look_at(use);
    for (const std::string& transport : transports.speaking_smtp())
        if (check.transports().of(transport))
            check.look_at_passwords(transport);
    Problems clients = check_clients(check.transports());
    Problems problems = std::move(check).problems();
    append(problems, std::move(clients));
    return problems;
}

Problems check_relays_closely(const config::Settings& settings, dict::Tables& tables) {
    Check check(settings);
    std::vector<RelayUse> of_tables = relays_of_tables(settings, tables);
    for (const RelayUse& use : of_tables)
        check.look_at(use);
    std::vector<RelayUse> all = relays_of_settings(settings, check.transports().transports());
    std::ranges::move(of_tables, std::back_inserter(all));
    Problems names = check_names(all, check.transports());
    Problems problems = std::move(check).problems();
    append(problems, check_repeated_keys(settings));
    append(problems, check_failover_policies(settings, tables));
    append(problems, check_tls(check.transports(), tables));
    append(problems, std::move(names));
    return problems;
}

}  // namespace nexthop
