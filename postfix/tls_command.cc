#include "postfix/tls_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <optional>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/parameter.h"
#include "postfix/outside.h"
#include "postfix/server_keys.h"

namespace postfix {
namespace {

namespace log = base::log;

// A subcommand with its words.
struct Order {
    const Request& request;
    const config::Settings& settings;
    std::map<char, std::string> options;
    std::vector<std::string> words;

    ServerKeys keys() const { return ServerKeys(settings); }
    std::string option(char letter, std::string_view fallback) const {
        auto given = options.find(letter);
        return given == options.end() ? std::string(fallback) : given->second;
    }
    // "postfix", with the configuration directory where that is not the usual one.
    std::string postfix() const {
        return request.config_directory == "/etc/postfix"
                   ? "postfix"
                   : base::text("postfix -c ", request.config_directory);
    }
};

using Assignments = std::vector<std::string>;  // "name=value"

struct Side {
    std::vector<std::string_view> starts;  // of names of parameters
    Assignments settings;                  // for TLS as far as the other side has it
};

const Side client_side = {{"smtp_tls_", "smtp_use_tls", "smtp_enforce_tls"},
                          {"smtp_tls_security_level=may", "smtp_tls_loglevel=1",
                           "smtp_tls_session_cache_database=btree:${data_directory}/smtp_scache"}};
const Side server_side = {
    {"smtpd_tls_", "smtpd_use_tls", "smtpd_enforce_tls"},
    {"smtpd_tls_security_level=may", "smtpd_tls_loglevel=1", "smtpd_tls_received_header=yes"}};

bool all_default(const Order& order, const Side& side) {
    config::Settings fresh = config::Settings::from(
        config::MainCf::parse(
            base::text("compatibility_level = ", order.settings.text("compatibility_level"), "\n"),
            "default"),
        order.settings.directory());
    return std::ranges::none_of(config::parameters(), [&](const config::Parameter* each) {
        bool ours = std::ranges::any_of(
            side.starts, [each](std::string_view start) { return each->name.starts_with(start); });
        return ours && order.settings.is_set(each->name) &&
               order.settings.value(each->name) != fresh.value(each->name);
    });
}

int all_default_client(const Order& order) {
    return all_default(order, client_side) ? 0 : 1;
}

int all_default_server(const Order& order) {
    return all_default(order, server_side) ? 0 : 1;
}

void set(const Order& order, const Assignments& assignments) {
    std::vector<std::string> words = {order.settings.text("command_directory") + "/postconf", "-c",
                                      order.request.config_directory, "-e"};
    words.insert(words.end(), assignments.begin(), assignments.end());
    output_of(words);
}

void suggest(const Order& order, const Assignments& assignments) {
    log::info("not all TLS settings are at their defaults: nothing is changed. To be set:");
    for (const std::string& each : assignments)
        log::info(
            base::text("    postconf -c ", order.request.config_directory, " -e '", each, "'"));
}

Assignments with_random_source(const Order& order, Assignments assignments) {
    std::string source = order.option('r', "");
    if (source.empty())
        return assignments;
    if (!source.starts_with("dev:/") && !source.starts_with("egd:/"))
        throw config::Error(
            base::text("-r ", base::printable(source), ": expected dev:/PATH or egd:/PATH"));
    assignments.push_back("tls_random_source=" + source);
    return assignments;
}

int enable_client(const Order& order) {
    Assignments wanted = with_random_source(order, client_side.settings);
    if (!all_default(order, client_side)) {
        suggest(order, wanted);
        return 0;
    }
    set(order, wanted);
    log::info(base::text("smtp uses TLS where servers offer it, from the next \"", order.postfix(),
                         " reload\" on"));
    return 0;
}

std::vector<std::string> hosts_of(const Order& order) {
    return order.words.empty() ? std::vector{order.settings.text("myhostname")} : order.words;
}

const KeyKind& kind_of(const Order& order) {
    std::string name = order.option('a', "rsa");
    const KeyKind* kind = key_kind(name);
    if (kind == nullptr)
        throw config::Error(base::text("-a ", base::printable(name), ": expected rsa or ecdsa"));
    return *kind;
}

Assignments deployed(const KeyKind& kind, const KeyPair& pair) {
    return {base::text(kind.key, '=', pair.key), base::text(kind.cert, '=', pair.cert)};
}

// What a server goes by that has chain files is in these alone.
void expect_no_chains(const Order& order) {
    if (!order.settings.text("smtpd_tls_chain_files").empty())
        throw config::Error(base::text(order.settings.where("smtpd_tls_chain_files"),
                                       ": smtpd_tls_chain_files says which keys and certificates ",
                                       "smtpd has: add them there"));
}

int enable_server(const Order& order) {
    Assignments wanted = with_random_source(order, server_side.settings);
    const KeyKind& kind = kind_of(order);
    if (!all_default(order, server_side)) {
        suggest(order, wanted);
        return 0;
    }
    KeyPair pair =
        order.keys().make(kind, order.option('b', kind.strength), hosts_of(order), false);
    Assignments files = deployed(kind, pair);
    wanted.insert(wanted.end(), files.begin(), files.end());
    set(order, wanted);
    log::info(base::text("smtpd offers TLS with the key in ", pair.key, ", from the next \"",
                         order.postfix(), " reload\" on"));
    return 0;
}

// What to do with a new key, to be copied from the terminal or the log.
void tell_of(const Order& order, const KeyPair& pair) {
    std::string hosts;
    for (const std::string& host : hosts_of(order))
        base::append(hosts, ' ', host);
    log::info(base::text("a new key is in ", pair.key, ", its certificate in ", pair.cert));
    log::info("to put them to use, once DNS has the new TLSA records where there are any:");
    log::info(
        base::text("    ", order.postfix(), " tls deploy-server-cert ", pair.cert, ' ', pair.key));
    log::info("what an authority is sent for a certificate of its own:");
    log::info(base::text("    ", order.postfix(), " tls output-server-csr -k ", pair.key, hosts));
    log::info("TLSA records for the key:");
    log::info(base::text("    ", order.postfix(), " tls output-server-tlsa -h ",
                         hosts_of(order).front(), ' ', pair.key));
}

int make_key(const Order& order, bool keep) {
    const KeyKind& kind = kind_of(order);
    tell_of(order,
            order.keys().make(kind, order.option('b', kind.strength), hosts_of(order), keep));
    return 0;
}

int new_server_key(const Order& order) {
    return make_key(order, false);
}

int new_server_cert(const Order& order) {
    return make_key(order, true);
}

int deploy_server_cert(const Order& order) {
    expect_no_chains(order);
    ServerKeys keys = order.keys();
    KeyPair pair;
    pair.cert = keys.path_of(order.words[0]);
    pair.key = keys.path_of(order.words[1]);
    if (pair.cert.empty() || pair.key.empty())
        throw config::Error("expected the names of two files");
    set(order, deployed(keys.match(pair), pair));
    log::info(base::text("smtpd has the certificate in ", pair.cert, " from the next \"",
                         order.postfix(), " reload\" on"));
    return 0;
}

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

int output_server_csr(const Order& order) {
    ServerKeys keys = order.keys();
    std::string name = order.option('k', "rsa");
    std::string key = keys.path_of(name);
    if (key.empty())
        throw config::Error(base::text("-k ", base::printable(name), ": no such key is deployed"));
    print(keys.request(key, hosts_of(order)));
    return 0;
}

int output_server_tlsa(const Order& order) {
    ServerKeys keys = order.keys();
    std::string host = order.option('h', order.settings.text("myhostname"));
    std::vector<std::string> names = order.words;
    if (names.empty())
        for (const KeyKind& kind : key_kinds())
            names.emplace_back(kind.name);
    for (const std::string& name : names)
        if (std::string key = keys.path_of(name); !key.empty())
            print(base::text("; ", key, "\n", keys.tlsa(key, host), "\n"));
    return 0;
}

struct Subcommand {
    std::string_view name;
    int (*carry_out)(const Order&);
    const char* options;  // as getopt(3) has them
    size_t least, most;   // of words
    const char* usage;
};

constexpr size_t any = 100;

constexpr Subcommand subcommands[] = {
    {"all-default-client", all_default_client, "+", 0, 0, ""},
    {"all-default-server", all_default_server, "+", 0, 0, ""},
    {"enable-client", enable_client, "+r:", 0, 0, "[-r randsource]"},
    {"enable-server", enable_server, "+r:a:b:", 0, any,
     "[-r randsource] [-a algorithm] [-b bits] [hostname ...]"},
    {"new-server-key", new_server_key, "+a:b:", 0, any, "[-a algorithm] [-b bits] [hostname ...]"},
    {"new-server-cert", new_server_cert, "+a:b:", 0, any,
     "[-a algorithm] [-b bits] [hostname ...]"},
    {"deploy-server-cert", deploy_server_cert, "+", 2, 2, "certfile keyfile"},
    {"output-server-csr", output_server_csr, "+k:", 0, any, "[-k keyfile] [hostname ...]"},
    {"output-server-tlsa", output_server_tlsa, "+h:", 0, any, "[-h hostname] [keyfile ...]"},
};

std::string all_names() {
    std::string names;
    for (const Subcommand& each : subcommands)
        base::append(names, names.empty() ? "" : ", ", each.name);
    return names;
}

// False where the words are not as they should be.
bool read(Order& order, const Subcommand& subcommand, std::vector<std::string> words) {
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    int count = static_cast<int>(words.size());
    ::optind = 0;  // from the beginning
    ::opterr = 0;
    for (int letter; (letter = ::getopt(count, argv.data(), subcommand.options)) != -1;) {
        if (letter == '?')
            return false;
        order.options[static_cast<char>(letter)] = optarg;
    }
    order.words.assign(words.begin() + optind, words.end());
    return order.words.size() >= subcommand.least && order.words.size() <= subcommand.most;
}

}  // namespace

int manage_tls(const Request& request, const config::Settings& settings) {
    std::string name = request.arguments.empty() ? "" : request.arguments[0];
    auto subcommand = std::ranges::find(subcommands, name, &Subcommand::name);
    if (subcommand == std::end(subcommands))
        log::fatal(base::text("usage: postfix tls subcommand, one of ", all_names()));
    Order order{request, settings, {}, {}};
    if (!read(order, *subcommand, request.arguments))
        log::fatal(base::text("usage: postfix tls ", name, " ", subcommand->usage));
    return subcommand->carry_out(order);
}

}  // namespace postfix
