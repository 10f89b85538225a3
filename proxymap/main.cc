// proxymap asks tables for other processes; see proxymap(8).
#include "lib/ipc/service.h"
#include "proxymap/server.h"

namespace {

// One client each: a question may have to wait for the name service, and nobody else then waits
// with it.
constexpr size_t clients_at_once = 1;

io::Task<void> converse(proxymap::Server& server, io::Accepted client) {
    io::Stream stream(io::descriptor_wire(std::move(client.fd)));
    try {
        co_await server.converse(std::move(stream));
    } catch (const io::Closed&) {
        // It went in the middle of a question, or asks no more.
    }
}

io::Task<void> serve(ipc::Service& service) {
    dict::Tables tables(service.settings(), nullptr, dict::Tables::NameService::in_place);
    proxymap::Server server(proxymap::Options::from(service.settings(), service.name()), tables);
    ipc::Service::Handler handler = [&server](io::Accepted client) {
        return converse(server, std::move(client));
    };
    service.ready();
    co_await service.serve(std::move(handler), clients_at_once);
}

}  // namespace

int main(int argc, char** argv) {
    ipc::Service service(argc, argv, "proxymap");
    return service.run(serve(service));
}
