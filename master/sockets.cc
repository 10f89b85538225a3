#include "master/sockets.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/listen.h"

namespace master {
namespace {

constexpr mode_t socket_mode = 0666;  // the directory says who may come this far

base::Fd open_endpoint(const Endpoint& endpoint) {
    switch (endpoint.kind) {
        case Endpoint::Kind::inet:
            return io::listen_inet(endpoint.address, SOMAXCONN);
        case Endpoint::Kind::unix_stream:
            return io::listen_unix(endpoint.path, socket_mode, SOMAXCONN);
        case Endpoint::Kind::unix_datagram:
            return io::bind_datagram(endpoint.path, socket_mode);
    }
    return {};
}

}  // namespace

base::Fd Sockets::open(const ServicePlan& service, const Endpoint& endpoint) {
    try {
        return open_endpoint(endpoint);
    } catch (const base::SystemError& error) {
        bool missing = error.code() == EAFNOSUPPORT || error.code() == EADDRNOTAVAIL;
        if (missing && endpoint.optional)
            return {};
        port_taken_ = error.code() == EADDRINUSE;
        std::string_view hint = port_taken_ ? " (does another mail system run?)" : "";
        throw config::Error(base::text(service.where, ": service ", service.name, ", address ",
                                       endpoint.text(), ": ", error.what(), hint));
    }
}

void Sockets::adopt(const Plan& plan) {
    port_taken_ = false;
    std::map<std::string, base::Fd> fresh;
    std::map<std::string, std::string> users;
    for (const ServicePlan& service : plan.services) {
        for (const Endpoint& endpoint : service.endpoints) {
            auto [user, first] = users.emplace(endpoint.text(), service.where);
            if (!first)
                throw config::Error(base::text(service.where, ": service ", service.name,
                                               ", address ", endpoint.text(), ": taken already by ",
                                               user->second));
            if (!open_.contains(endpoint.text()))
                fresh[endpoint.text()] = open(service, endpoint);
        }
    }
    for (auto& [name, fd] : open_) {
        if (users.contains(name))
            fresh[name] = std::move(fd);
        else if (name.find('/') != name.npos)
            ::unlink(name.c_str());
    }
    open_ = std::move(fresh);
}

std::vector<int> Sockets::of(const ServicePlan& service) const {
    std::vector<int> list;
    for (const Endpoint& endpoint : service.endpoints) {
        auto found = open_.find(endpoint.text());
        if (found != open_.end() && found->second)
            list.push_back(found->second.get());
    }
    return list;
}

}  // namespace master
