#include "smtp/options.h"

#include "lib/base/text.h"
#include "lib/config/error.h"

namespace smtp {
namespace {

std::optional<io::SocketAddress> bind_address(const config::Settings& settings,
                                              std::string_view name, int family) {
    std::string text = settings.text(name);
    if (text.empty())
        return std::nullopt;
    std::optional<io::SocketAddress> address = io::SocketAddress::inet(text, 0);
    if (!address || address->family() != family)
        throw config::Error(base::text(settings.where(name), ": ", name, " = ", text,
                                       ": expected one ", family == AF_INET ? "IPv4" : "IPv6",
                                       " address"));
    return address;
}

}  // namespace

Options Options::from(const config::Settings& settings) {
    Options options;
    options.helo_name = settings.text("smtp_helo_name");
    options.bind_v4 = bind_address(settings, "smtp_bind_address", AF_INET);
    options.bind_v6 = bind_address(settings, "smtp_bind_address6", AF_INET6);
    options.never_send_ehlo = settings.flag("smtp_never_send_ehlo");
    options.ignored_keywords = settings.list("smtp_discard_ehlo_keywords");
    options.skip_5xx_greeting = settings.flag("smtp_skip_5xx_greeting");
    options.skip_quit_response = settings.flag("smtp_skip_quit_response");
    options.soft_bounce = settings.flag("soft_bounce");
    options.keep_connections = settings.flag("smtp_connection_cache_on_demand");
    options.idle_limit = settings.time("smtp_connection_cache_time_limit");
    options.reuse_limit = settings.time("smtp_connection_reuse_time_limit");
    options.reuse_count = settings.number("smtp_connection_reuse_count_limit");
    options.connect = settings.time("smtp_connect_timeout");
    options.helo = settings.time("smtp_helo_timeout");
    options.mail = settings.time("smtp_mail_timeout");
    options.rcpt = settings.time("smtp_rcpt_timeout");
    options.data_init = settings.time("smtp_data_init_timeout");
    options.data_xfer = settings.time("smtp_data_xfer_timeout");
    options.data_done = settings.time("smtp_data_done_timeout");
    options.rset = settings.time("smtp_rset_timeout");
    options.quit = settings.time("smtp_quit_timeout");
    options.line_limit = settings.number("smtp_line_length_limit");
    return options;
}

}  // namespace smtp
