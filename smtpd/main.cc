// smtpd receives mail by SMTP.
#include <time.h>

#include "lib/base/log.h"
#include "lib/ipc/service.h"
#include "smtpd/server.h"

int main(int argc, char** argv) {
    ipc::Service service(argc, argv, "smtpd");
    tzset();  // while the zone's file can still be reached
    try {
        smtpd::Server server(service.settings(), service.tables());
        return service.run(server.run(service));
    } catch (const config::Error& error) {
        base::log::fatal(error.what());
    }
}
