#include "smtpd/server.h"

#include <exception>

#include "lib/io/scope.h"
#include "lib/ipc/ring.h"
#include "lib/spool/writer.h"
#include "smtpd/log.h"
#include "smtpd/session.h"

namespace smtpd {

namespace {

// Where qmgr listens, from queue_directory.
constexpr const char* qmgr_socket = "public/qmgr";
constexpr const char* anvil_socket = "private/anvil";

std::vector<ipc::Ring> rings_of(const spool::Writer& writer) {
    std::vector<ipc::Ring> rings;
    for (const auto& held : writer.published())
        rings.push_back({held.segment, held.epoch, held.committed});
    return rings;
}

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

// Nothing is known of destinations yet: mail to strangers is for clients of mynetworks only.
io::Task<Destination> find_route(std::string, std::string recipient) {
    Destination destination;
    destination.known = true;
    destination.recipient = std::move(recipient);
    co_return destination;
}

}  // namespace

Server::Server(const config::Settings& settings, dict::Tables& tables)
    : options_(Options::from(settings)),
      spool_(spool_options(settings, ipc::Service::queue_directory())),
      name_options_(ClientNames::Options::from(settings)),
      sources_(settings),
      policy_(settings, {tables, sources_.resolver(), find_route}) {}

io::Task<void> Server::run(ipc::Service& service) {
    options_.client_limits.service = service.name();
    spool::Writer writer(spool_);
    reserve_queue_ids(writer);
    ipc::RingClient doorbell(qmgr_socket, [&writer] { return rings_of(writer); });
    ipc::AnvilClient anvil(anvil_socket);
    ClientNames names(sources_.native(), name_options_);
    Shared shared{options_,        policy_, writer, [&doorbell] { doorbell.ring(); },
                  service.hurry(), &anvil,  &names};
    io::Scope beside;
    beside.spawn(doorbell.run());
    if (options_.client_limits.any())
        beside.spawn(anvil.run());
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
