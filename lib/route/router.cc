#include "lib/route/router.h"

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/mail/address.h"
#include "lib/route/sender_maps.h"
#include "lib/route/trace.h"
#include "lib/route/transport_maps.h"
#include "lib/route/unfolding.h"

namespace route {

namespace {

Routed nowhere(const mail::Dsn& dsn, std::string_view reason) {
    Routed routed;
    routed.unroutable.dsn = dsn;
    routed.unroutable.reason = reason;
    return routed;
}

Routed trouble() {
    return nowhere({4, 3, 0}, "address resolver failure");
}

// The transport of a class, as main.cf has it.
TransportValue class_transport(const config::Settings& settings, std::string_view parameter,
                               const config::Transports& transports) {
    TransportValue value = parse_transport(settings.text(parameter), transports);
    if (value.transport.empty())
        throw config::Error(base::text(settings.where(parameter), ": ", parameter,
                                       ": expected transport:nexthop, found \"",
                                       settings.text(parameter), '"'));
    if (!value.nexthop.empty())
        value.set_by = parameter;
    return value;
}

std::string unknown_alias_text(const config::Settings& settings) {
    bool names_table = settings.flag("show_user_unknown_table_name");
    return base::text("5.1.1 User unknown", names_table ? " in virtual alias table" : "");
}

}  // namespace

struct Router::Inside {
    Inside(const config::Settings& settings, dict::Tables& tables, Trace* trace);

    io::Task<Routed> route(std::string_view sender, std::string_view recipient) const;
    io::Task<Domains::Judgement> judge(const Unfolded& to) const;
    // The way of mail of a class, as main.cf and the tables by sender have it. None, here and
    // below, when a table is in trouble.
    io::Task<std::optional<TransportValue>> by_class(Class address_class, std::string_view sender,
                                                     std::string_view domain) const;
    // What transport_maps makes of it.
    io::Task<std::optional<TransportValue>> mapped(TransportValue way, Class address_class,
                                                   const Unfolded& to) const;
    io::Task<dict::Lookup> relocated(const Unfolded& to) const;

    void note(std::string_view parameter, std::string_view value) const {
        if (trace_ != nullptr && !value.empty())
            trace_->note(parameter, value);
    }

    Trace* trace_;
    Domains domains_;
    UnfoldOptions unfold_;
    config::Transports transports_;
    TransportValue local_, virtual_mailbox_, relay_, other_;
    TransportValue unknown_alias_;
    std::string relayhost_;
    SenderMaps sender_transports_, sender_relayhosts_;
    TransportMaps transport_maps_;
    dict::Maps relocated_maps_;
    bool relocated_prefix_;
    dict::Extensions extensions_;
    std::string filter_nexthop_;
};

Router::Inside::Inside(const config::Settings& settings, dict::Tables& tables, Trace* trace)
    : trace_(trace),
      domains_(settings, tables, trace),
      unfold_(UnfoldOptions::from(settings)),
      transports_(config::Transports::of(settings)),
      local_(class_transport(settings, "local_transport", transports_)),
      virtual_mailbox_(class_transport(settings, "virtual_transport", transports_)),
      relay_(class_transport(settings, "relay_transport", transports_)),
      other_(class_transport(settings, "default_transport", transports_)),
      unknown_alias_{"error", unknown_alias_text(settings), "virtual_alias_domains"},
      relayhost_(settings.text("relayhost")),
      sender_transports_(settings, tables, "sender_dependent_default_transport_maps",
                         "empty_address_default_transport_maps_lookup_key", trace),
      sender_relayhosts_(settings, tables, "sender_dependent_relayhost_maps",
                         "empty_address_relayhost_maps_lookup_key", trace),
      transport_maps_(settings, tables, trace),
      relocated_maps_(maps_of(trace, tables, settings, "relocated_maps")),
      relocated_prefix_(settings.flag("relocated_prefix_enable")),
      extensions_(dict::Extensions::of(settings)),
      filter_nexthop_(settings.text("default_filter_nexthop")) {}

io::Task<Domains::Judgement> Router::Inside::judge(const Unfolded& to) const {
    if (to.local)
        co_return Domains::Judgement{Class::local, false};
    co_return co_await domains_.classify(to.domain);
}

io::Task<std::optional<TransportValue>> Router::Inside::by_class(Class address_class,
                                                                 std::string_view sender,
                                                                 std::string_view domain) const {
    const TransportValue* rows[] = {&local_, &unknown_alias_, &virtual_mailbox_, &relay_, &other_};
    constexpr std::string_view names[] = {"local_transport", "", "virtual_transport",
                                          "relay_transport", "default_transport"};
    TransportValue way = *rows[static_cast<size_t>(address_class)];
    if (std::string_view name = names[static_cast<size_t>(address_class)]; !name.empty())
        note(name, way.nexthop.empty() ? way.transport : way.transport + ':' + way.nexthop);
    if (address_class == Class::other) {
        dict::Lookup set = co_await sender_transports_.find(domains_, sender);
        if (set.retry())
            co_return std::nullopt;
        if (set.found())
            way = parse_transport(set.value, transports_);
        if (set.found() && !way.nexthop.empty())
            way.set_by = "sender_dependent_default_transport_maps";
        if (way.transport.empty()) {
            base::log::warning(base::text("sender_dependent_default_transport_maps: ", set.table,
                                          ": no transport in \"", base::printable(set.value), '"'));
            co_return std::nullopt;
        }
    }
    std::string hop(domain);
    std::string_view set_by;
    if (address_class == Class::relay || address_class == Class::other) {
        dict::Lookup set = co_await sender_relayhosts_.find(domains_, sender);
        if (set.retry())
            co_return std::nullopt;
        const std::string& relay = set.found() ? set.value : relayhost_;
        if (!set.found())
            note("relayhost", relayhost_);
        if (!relay.empty()) {
            hop = relay;
            set_by = set.found() ? "sender_dependent_relayhost_maps" : "relayhost";
        }
    }
    if (way.nexthop.empty()) {
        way.nexthop = std::move(hop);
        way.set_by = set_by;
    }
    co_return std::move(way);
}

io::Task<std::optional<TransportValue>> Router::Inside::mapped(TransportValue way,
                                                               Class address_class,
                                                               const Unfolded& to) const {
    if (address_class == Class::virtual_alias)
        co_return std::move(way);
    dict::Lookup set = co_await transport_maps_.find(to.address);
    if (set.retry())
        co_return std::nullopt;
    if (set.found())
        way = redirected(std::move(way), parse_transport(set.value, transports_), to.domain,
                         transports_);
    co_return std::move(way);
}

io::Task<dict::Lookup> Router::Inside::relocated(const Unfolded& to) const {
    if (relocated_maps_.empty())
        co_return dict::Lookup();
    Known bare = co_await domains_.has_bare_names(to.domain);
    if (bare == Known::retry)
        co_return dict::Lookup::later("the domain cannot be judged");
    dict::AddressSearch search;
    search.extensions = extensions_.rules();
    search.domain_is_local = bare == Known::yes;
    dict::FoundAddress found = co_await dict::find_address(relocated_maps_, to.address, search);
    co_return std::move(found.lookup);
}

io::Task<Routed> Router::Inside::route(std::string_view sender, std::string_view recipient) const {
    Unfolded to = co_await unfold(unfold_, domains_, recipient);
    if (to.state == Unfolded::State::retry)
        co_return trouble();
    if (to.state == Unfolded::State::bad_syntax)
        co_return nowhere({5, 1, 3}, "bad address syntax");
    Domains::Judgement judged = co_await judge(to);
    if (judged.retry)
        co_return trouble();
    std::optional<TransportValue> usual =
        co_await by_class(judged.address_class, sender, to.domain);
    if (!usual)
        co_return trouble();
    std::optional<TransportValue> way =
        co_await mapped(std::move(*usual), judged.address_class, to);
    if (!way)
        co_return trouble();
    dict::Lookup moved = co_await relocated(to);
    if (moved.retry())
        co_return trouble();
    if (moved.found()) {
        way->transport = "error";
        way->nexthop = base::text(relocated_prefix_ ? "5.1.6 User has moved to " : "", moved.value);
        way->set_by = "relocated_maps";
    }
    Route found;
    found.transport = std::move(way->transport);
    found.nexthop = std::move(way->nexthop);
    found.set_by = way->set_by;
    found.recipient = std::move(to.address);
    found.address_class = judged.address_class;
    found.relocated = moved.found();
    found.routed = to.routed;
    Routed routed;
    routed.route = std::move(found);
    co_return std::move(routed);
}

Router::Router(const config::Settings& settings, dict::Tables& tables, Trace* trace)
    : inside_(std::make_unique<Inside>(settings, tables, trace)) {}

Router::~Router() = default;

io::Task<Routed> Router::route(std::string_view sender, std::string_view recipient) const {
    co_return co_await inside_->route(sender, recipient);
}

Routed Router::through(std::string_view filter, std::string_view recipient) const {
    TransportValue way = parse_transport(filter, inside_->transports_);
    way.set_by = "content_filter";
    if (way.nexthop.empty()) {
        way.nexthop = inside_->filter_nexthop_;
        way.set_by = "default_filter_nexthop";
    }
    if (way.nexthop.empty()) {
        way.nexthop = mail::domain_of(recipient);
        way.set_by = "";
    }
    Route found;
    found.transport = std::move(way.transport);
    found.nexthop = std::move(way.nexthop);
    found.set_by = way.set_by;
    found.recipient = recipient;
    Routed routed;
    routed.route = std::move(found);
    return routed;
}

}  // namespace route
