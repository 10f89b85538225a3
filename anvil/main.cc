// anvil counts what clients of all workers do.
#include <time.h>

#include "anvil/server.h"
#include "lib/ipc/service.h"

int main(int argc, char** argv) {
    ipc::Service service(argc, argv, "anvil");
    tzset();  // while the zone's file can still be reached
    anvil::Server server(anvil::Server::Options::from(service.settings()));
    return service.run(server.run(service));
}
