// Dialogue talks to one SMTP session over a wire in memory, with its log on a disk in memory.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/log.h"
#include "lib/io/run.h"
#include "lib/io/stream.h"
#include "lib/spool/content.h"
#include "lib/spool/pool.h"
#include "lib/spool/reader.h"
#include "smtpd/session.h"
#include "tests/unit/lib/dns/fake_resolver.h"
#include "tests/unit/lib/spool/memory_disk.h"

namespace tls {
class ClientContext;
}

namespace smtpd_test {

// What the client sends, and what the server must have answered before the client goes on.
struct Step {
    std::string send;
    std::string expect;
};
using Steps = std::vector<Step>;

inline const std::string greeting = "220 mx.example.com ESMTP Postfix\r\n";
inline const std::string capabilities =
    "250-mx.example.com\r\n250-PIPELINING\r\n250-SIZE 10000\r\n250-VRFY\r\n"
    "250-ETRN\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250 CHUNKING\r\n";
inline const std::string go_ahead = "354 End data with <CR><LF>.<CR><LF>\r\n";
inline const std::string ok_mail = "250 2.1.0 Ok\r\n";
inline const std::string ok_rcpt = "250 2.1.5 Ok\r\n";
inline const std::string queued = "250 2.0.0 Ok: queued as *\r\n";
inline const std::string bye = "221 2.0.0 Bye\r\n";

// The name service, which has no users.
struct NoUsers : dict::Proxy {
    io::Task<dict::Lookup> ask(const std::string&, std::string_view, dict::Key,
                               dict::Use) override {
        co_return dict::Lookup();
    }
};

// What restrictions are judged by, from lines of main.cf.
struct Judgement {
    Judgement(const std::string& main_cf, smtpd::Policy::FindRoute route);

    config::Settings settings;
    NoUsers no_users;
    dict::Tables tables;
    dns_test::FakeResolver resolver;
    smtpd::Policy policy;
};

// Every address exists, in nobody's domain.
io::Task<smtpd::Destination> anywhere(std::string sender, std::string recipient);

struct Stored {
    mail::Envelope envelope;
    std::string content;
};

class Dialogue : public testing::Test {
  protected:
    Dialogue();
    ~Dialogue() override;

    // Greeting and EHLO, then `steps`; each must be answered as it says ('*' stands for a word).
    // Then the client closes, and the server must be done.
    void talk(const Steps& steps);
    // The same without the start.
    void talk_raw(const Steps& steps);
    // Sends the first `length` bytes of the steps' input, as they may be sent, and breaks off.
    void break_off(const Steps& steps, size_t length);

    // What is durable in the log; ends the writer.
    std::vector<Stored> stored();
    // The lines logged so far.
    std::string logged();

    smtpd::Options options;
    // Lines for what restrictions are judged by.
    std::string main_cf =
        "myhostname = mx.example.com\nmyorigin = example.com\nmydestination = example.com\n"
        "mynetworks = 127.0.0.0/8\nlocal_recipient_maps =\nsmtpd_forbid_bare_newline_exclusions =\n"
        "smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination\n"
        "smtpd_relay_restrictions =\n";
    // The classes of domains, and of addresses that the router is in trouble with.
    std::map<std::string, route::Class> domains;
    std::set<std::string> unroutable;
    std::map<std::string, std::pair<std::string, std::string>> transports;  // with next hop
    dns_test::FakeResolver resolver;
    std::string client_name;  // "": unknown
    smtpd::Logins* logins = nullptr;
    std::string client_address = "127.0.0.1";
    // With these a client that is told to start TLS does so.
    const tls::ServerContext* server_tls = nullptr;
    const tls::ClientContext* client_tls = nullptr;
    spool_test::MemoryDisk disk;
    io::Loop loop;
    io::Event hurry;
    spool::Options spool_options;
    unsigned rung = 0;

  private:
    io::Task<smtpd::Destination> route(std::string recipient) const;
    io::Task<void> both_sides(const Steps& steps, size_t length);

    std::unique_ptr<spool::Writer> writer_;
    std::string log_file_;
    testing::TestInfo const* info_;
};

}  // namespace smtpd_test
