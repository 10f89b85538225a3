// Session is the conversation with one client.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "lib/cleanup/mappings.h"
#include "lib/io/event.h"
#include "lib/io/stream.h"
#include "lib/io/task.h"
#include "lib/spool/writer.h"
#include "lib/tls/facts.h"
#include "smtpd/check.h"
#include "smtpd/login.h"
#include "smtpd/options.h"
#include "smtpd/policy.h"
#include "smtpd/transaction.h"

namespace tls {
class ServerContext;
}

namespace smtpd {

class ClientNames;
class Logins;

// What all sessions of a process use; it outlives them.
struct Shared {
    const Options& options;
    const Policy& policy;
    const cleanup::Mappings& mappings;
    spool::Writer& writer;
    std::function<void()> committed;          // a message is durable: ring the queue manager
    const io::Event& hurry;                   // clients are to come back later
    ipc::AnvilClient* anvil = nullptr;        // none: clients are not counted
    ClientNames* names = nullptr;             // none: clients stay unknown
    const tls::ServerContext* tls = nullptr;  // none: without TLS
    Logins* logins = nullptr;                 // none: nobody logs in
};

inline constexpr size_t command_kinds = 16;

// How often a command came and how often it was obeyed.
struct Count {
    uint32_t ok = 0;
    uint32_t total = 0;
};

// What XFORWARD told of the client that a message comes from.
struct Forwarded {
    std::string name, address;  // "" where nothing was said of it
    std::string queue_id;       // that the message had there, or ""
};

struct Session {
    Session(const Shared& common, std::unique_ptr<io::Wire> wire, Client peer)
        : shared(common), stream(std::move(wire)), client(std::move(peer)) {}

    const Options& options() const { return shared.options; }
    // The time limits of the next command, or of the content that follows.
    void begin_request();
    // So much content came: the limit of the whole message moves with it.
    void content_came(uint64_t bytes);
    // "NOQUEUE" before a message has a name.
    std::string_view queue_id() const;
    // Ends the transaction, whatever became of it.
    void reset_mail();
    bool forbids_bare_lf(BareLf how) const;
    // Whether it is under TLS.
    bool encrypted() const { return tls != nullptr; }
    // Whether this client is not to know of an extension.
    bool discards(std::string_view ehlo_keyword) const;

    const Shared& shared;
    io::Stream stream;
    Client client;
    CountedSession counted_as;
    AccessMemory access;                // what restrictions left for later
    Forwarded forwarded;                // about the next message
    std::optional<mail::Reply> denied;  // the client may say QUIT only
    // Instead of smtpd_discard_ehlo_keywords; from the first EHLO on, where a table has the client.
    std::optional<std::vector<std::string>> discarded_keywords;
    std::string helo;                           // "" before HELO and EHLO
    std::unique_ptr<const tls::Facts> tls;      // none: in plain text
    Login login;                                // here, or at the client in front
    std::string_view protocol = "SMTP";         // or "ESMTP"
    std::string_view where = "CONNECT";         // the last command, for the log
    std::unique_ptr<Transaction> mail;          // between MAIL and the end of its content
    std::array<Count, command_kinds> counts{};  // by place in the command table
    uint64_t content_bytes = 0;                 // of the content being received
    bool in_content = false;
    bool bare_lf_seen = false;
    bool cut_off = false;  // this side ended it, maybe with input unread
    size_t errors = 0;
    size_t junk = 0;
    io::Instant request_began{};
};

// From greeting to disconnect. Ends quietly however the client ends it; rethrows io::Cancelled.
io::Task<void> converse(const Shared& shared, std::unique_ptr<io::Wire> wire, Client client);

}  // namespace smtpd
