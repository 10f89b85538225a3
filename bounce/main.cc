// bounce: writes non-delivery reports. See bounce(8).
#include <time.h>

#include "bounce/server.h"
#include "lib/base/log.h"

int main(int argc, char** argv) {
    ipc::Service service(argc, argv, "bounce");
    tzset();  // while the zone's file can still be reached
    bounce::Server server(service.settings());
    return service.run(server.run(service));
}
