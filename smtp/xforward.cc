#include "smtp/xforward.h"

#include <algorithm>
#include <array>
#include <span>

#include "lib/base/text.h"
#include "lib/mail/xtext.h"

namespace smtp {

namespace {

struct Attribute {
    std::string_view name;
    std::string (*value)(const mail::Envelope& message);  // "" for what is not known
    bool counts;  // its being known alone is a reason for the command
};

std::string known(const std::string& value) {
    return value == "unknown" ? "" : value;
}

std::string name(const mail::Envelope& message) {
    return known(message.client_name);
}
std::string address(const mail::Envelope& message) {
    std::string ip = known(message.client_address);
    return ip.find(':') == std::string::npos ? ip : "IPv6:" + ip;
}
std::string port(const mail::Envelope& message) {
    return known(message.client_port);
}
std::string protocol(const mail::Envelope& message) {
    return message.protocol;
}
std::string helo(const mail::Envelope& message) {
    return known(message.helo_name);
}
std::string ident(const mail::Envelope& message) {
    std::string earlier = message.note("log_ident");
    return earlier.empty() ? message.queue_id : earlier;
}
std::string source(const mail::Envelope& message) {
    std::string context = message.note("rewrite_context");
    bool local = context.empty() ? message.client_address.empty() : context == "local";
    return local ? "LOCAL" : "REMOTE";
}

// In the order in which they are sent; a command for each row.
constexpr std::array<Attribute, 3> who{
    {{"NAME", name, true}, {"ADDR", address, true}, {"PORT", port, true}}};
constexpr std::array<Attribute, 4> how{{{"PROTO", protocol, true},
                                        {"HELO", helo, true},
                                        {"IDENT", ident, false},
                                        {"SOURCE", source, true}}};

void add_command(std::vector<std::string>& commands, std::span<const Attribute> row,
                 const mail::Envelope& message, const std::vector<std::string>& attributes) {
    std::string line = "XFORWARD";
    bool worth_it = false;
    for (const Attribute& each : row) {
        if (std::ranges::find(attributes, each.name) == attributes.end())
            continue;
        std::string value = each.value(message);
        if (value.empty())
            continue;
        worth_it = worth_it || each.counts;
        base::append(line, ' ', each.name, '=', mail::xtext(value));
    }
    if (worth_it)
        commands.push_back(line + "\r\n");
}

}  // namespace

std::vector<std::string> xforward_commands(const mail::Envelope& message,
                                           const std::vector<std::string>& attributes) {
    std::vector<std::string> commands;
    add_command(commands, who, message, attributes);
    add_command(commands, how, message, attributes);
    return commands;
}

}  // namespace smtp
