// pickup: takes the mail of local users into the queue. See pickup(8).
#include <time.h>

#include "lib/base/log.h"
#include "pickup/server.h"

int main(int argc, char** argv) {
    ipc::Service service(argc, argv, "pickup");
    tzset();  // while the zone's file can still be reached
    try {
        pickup::Server server(service.settings(), service.tables());
        return service.run(server.run(service));
    } catch (const config::Error& error) {
        base::log::fatal(error.what());
    }
}
