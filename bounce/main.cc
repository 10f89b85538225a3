// bounce: writes non-delivery reports. See bounce(8).
#include <time.h>

#include "bounce/server.h"
#include "lib/base/log.h"

int main(int argc, char** argv) {
    ipc::Service service(argc, argv, "bounce");
    tzset();  // while the zone's file can still be reached
    try {
        bounce::Server server(service.settings(), service.tables());
        return service.run(server.run(service));
    } catch (const config::Error& error) {
        base::log::fatal(error.what());
    }
}
