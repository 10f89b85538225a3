#include "smtpd/server.h"

#include <exception>

#include "lib/io/scope.h"
#include "lib/ipc/ring.h"
#include "lib/ipc/tls_memory.h"
#include "lib/spool/writer.h"
#include "smtpd/log.h"
#include "smtpd/session.h"

namespace smtpd {

namespace {

constexpr const char* anvil_socket = "private/anvil";

io::Task<void> serve(ipc::Service& service, const Shared& shared) {
    auto session = [&shared](io::Accepted accepted) {
        return converse(shared, io::descriptor_wire(std::move(accepted.fd)),
                        shared.policy.client(accepted.peer.ip(), accepted.peer.port()));
    };
    co_await service.serve(session);
}

// The first number makes the log reserve many, before a client waits for that.
void reserve_queue_ids(spool::Writer& writer) {
    try {
        writer.next_id();
    } catch (const spool::Refused& refused) {
        log::not_stored("NOQUEUE", refused.what());
    }
}

io::Task<Destination> find_destination(const route::Router& router, std::string sender,
                                       std::string recipient) {
    Destination to;
    route::Routed routed = co_await router.route(sender, recipient);
    to.known = routed.route.has_value();
    to.malformed = !to.known && routed.unroutable.dsn.klass == 5;
    if (!to.known)
        co_return to;
    to.address_class = routed.route->address_class;
    to.recipient = std::move(routed.route->recipient);
    to.hides_route = routed.route->routed;
    to.transport = std::move(routed.route->transport);
    to.nexthop = std::move(routed.route->nexthop);
    co_return to;
}

Policy::FindRoute by(const route::Router& router) {
    return [&router](std::string sender, std::string recipient) {
        return find_destination(router, std::move(sender), std::move(recipient));
    };
}

// Keys are for root alone: this process goes on with those it has until another has read the new.
io::Task<void> watch_certificates(ServerTls& tls, ipc::Service& service) {
    co_await tls.outdated();
    service.ask_for_successor();
}

}  // namespace

Server::Server(const config::Settings& settings, dict::Tables& tables)
    : options_(Options::from(settings)),
      spool_(spool::Options::from(settings, ipc::Service::queue_directory())),
      name_options_(ClientNames::Options::from(settings)),
      sources_(settings),
      mappings_(settings, tables),
      router_(settings, tables),
      policy_(settings, {tables, sources_.resolver(), by(router_)}),
      tickets_(ipc::inherited_ticket_keys(settings)),
      tls_(settings, options_.tls, tables, tickets_.get()),
      logins_(Logins::of(settings, tables)) {}

io::Task<void> Server::run(ipc::Service& service) {
    options_.client_limits.service = service.name();
    spool::Writer writer(spool_);
    reserve_queue_ids(writer);
    ipc::RingClient doorbell(writer);
    ipc::AnvilClient anvil(anvil_socket);
    ClientNames names(sources_.native(), name_options_);
    Shared shared{
        options_,        policy_, mappings_, writer,        [&doorbell] { doorbell.ring(); },
        service.hurry(), &anvil,  &names,    tls_.context()};
    shared.logins = logins_.get();
    io::Scope beside;
    beside.spawn(doorbell.run());
    if (options_.client_limits.any())
        beside.spawn(anvil.run());
    if (tls_.watches())
        beside.spawn(watch_certificates(tls_, service));
    if (logins_)
        beside.spawn(logins_->run());
    service.ready();
    std::exception_ptr error;
    try {
        co_await serve(service, shared);
    } catch (...) {
        error = std::current_exception();
    }
    try {
        co_await writer.close();
    } catch (...) {
        if (!error)
            error = std::current_exception();
    }
    beside.cancel();
    co_await beside.join();
    if (error)
        std::rethrow_exception(error);
}

}  // namespace smtpd
