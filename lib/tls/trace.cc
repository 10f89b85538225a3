#include "lib/tls/trace.h"

#include "lib/base/log.h"
#include "lib/base/text.h"

namespace tls {
namespace {

const char* role(const SSL* connection) {
    return SSL_is_server(connection) == 1 ? "SSL_accept" : "SSL_connect";
}

void step(const SSL* connection, int where, int result) {
    if ((where & SSL_CB_LOOP) != 0)
        base::log::info(base::text(role(connection), ":", SSL_state_string_long(connection)));
    else if ((where & SSL_CB_ALERT) != 0)
        base::log::info(base::text("SSL3 alert ", (where & SSL_CB_READ) != 0 ? "read" : "write",
                                   ":", SSL_alert_type_string_long(result), ":",
                                   SSL_alert_desc_string_long(result)));
    else if ((where & SSL_CB_EXIT) != 0 && result <= 0)
        base::log::info(base::text(role(connection), result == 0 ? ":failed in " : ":error in ",
                                   SSL_state_string_long(connection)));
}

std::string ciphers_of(const SSL* connection) {
    std::string list;
    for (int i = 0; const char* name = SSL_get_cipher_list(connection, i); ++i)
        base::append(list, list.empty() ? "" : ":", name);
    return list;
}

}  // namespace

Trace::Trace(int level, std::string peer) : level_(level) {
    if (level >= 2)
        peer_ = std::move(peer);
}

void Trace::begin(SSL* connection) const {
    if (level_ < 2)
        return;
    bool server = SSL_is_server(connection) == 1;
    base::log::info(base::text("setting up TLS connection ", server ? "from " : "to ", peer_));
    base::log::info(base::text(peer_, ": TLS cipher list \"", ciphers_of(connection), "\""));
    SSL_set_info_callback(connection, step);
}

void Trace::log_moved(const char* what, size_t bytes) const {
    base::log::info(base::text(what, " ", peer_, ": ", bytes, " bytes"));
}

}  // namespace tls
