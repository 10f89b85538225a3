#include "lib/config/service_ports.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "lib/base/text.h"
#include "lib/config/error.h"

namespace {

constexpr std::string_view known = "lmtp=24, smtp=25, smtps=submissions=465, submission=587";

TEST(ServicePorts, KnownOnesComeBeforeTheFile) {
    std::string path = base::text("/tmp/services.", getpid());
    std::ofstream(path) << "# services\nsmtp 1025/tcp mail\nmine 4000/tcp other # not this\n"
                           "mine 4001/udp\nbad x/tcp\nlone\n";
    config::ServicePorts ports(known, "main.cf", path);
    unlink(path.c_str());
    struct Port {
        std::string_view name;
        std::optional<uint16_t> port;
    };
    const Port rows[] = {
        {"smtp", 25},         {"mail", 1025}, {"mine", 4000}, {"other", 4000},
        {"not", {}},          {"bad", {}},    {"lone", {}},   {"587", 587},
        {"submissions", 465}, {"smtps", 465}, {"", {}},
    };
    for (const Port& row : rows)
        EXPECT_EQ(ports.find(row.name), row.port) << row.name;
}

TEST(ServicePorts, BadKnownPortsAreRefused) {
    for (std::string_view bad : {"smtp", "smtp=", "smtp=x", "smtp=0", "smtp=65536", "=25"}) {
        try {
            config::ServicePorts ports(bad, "main.cf, line 7", "/nonexistent");
            ADD_FAILURE() << bad;
        } catch (const config::Error& error) {
            EXPECT_TRUE(std::string_view(error.what()).starts_with("main.cf, line 7: known_tcp_p"))
                << error.what();
        }
    }
}

}  // namespace
