// Outgoing addresses: what a message shows to servers in place of the addresses it is queued with
// (smtp_generic_maps, generic(5); smtp_quote_rfc821_envelope).
#pragma once

#include <string>
#include <vector>

#include "lib/cleanup/address_map.h"
#include "lib/io/task.h"
#include "lib/ipc/delivery.h"
#include "lib/rewrite/rewriter.h"
#include "lib/spool/message_source.h"
#include "smtp/patched_content.h"

namespace smtp {

// One message as servers see it.
struct Shown {
    std::string sender;
    std::vector<std::string> recipients;  // by place in the request
    Patches headers;
};

class OutgoingAddresses {
  public:
    // All addresses as they are queued.
    OutgoingAddresses() = default;
    // `parameter` is "smtp_generic_maps" or "lmtp_generic_maps"; `quoted` is whether local parts
    // that need quotes have them in MAIL and RCPT. Throws config::Error.
    OutgoingAddresses(const config::Settings& settings, dict::Tables& tables,
                      std::string_view parameter, bool quoted);

    // Whether a message may have to be shown otherwise than it is queued.
    bool change() const { return !generic_.empty() || !quoted_; }
    bool change_headers() const { return !generic_.empty(); }

    // `content` is read only where headers change. Throws cleanup::MappingTrouble when a table does
    // not answer, and what spool::MessageSource throws.
    io::Task<Shown> show(const ipc::DeliveryRequest& request, spool::MessageSource* content) const;

  private:
    io::Task<std::string> mapped(const std::string& address) const;
    io::Task<std::string> in_envelope(const std::string& address) const;
    io::Task<Patches> header_patches(spool::MessageSource& content) const;

    cleanup::AddressMap generic_;
    cleanup::AddressRules rules_;
    rewrite::Rewriter rewriter_{rewrite::Options()};
    bool quoted_ = true;
};

}  // namespace smtp
