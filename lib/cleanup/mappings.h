// Mappings change the addresses of a message on its way in: standard form, canonical tables,
// masquerading; copies to others; aliases.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/cleanup/address_map.h"
#include "lib/cleanup/aliases.h"
#include "lib/cleanup/masquerade.h"
#include "lib/config/settings.h"
#include "lib/dict/tables.h"
#include "lib/io/task.h"
#include "lib/mail/envelope.h"
#include "lib/rewrite/rewriter.h"

namespace cleanup {

// Where an address stands; a bit each, as the …_classes parameters name them.
enum class Role : unsigned {
    envelope_sender = 1,
    envelope_recipient = 2,
    header_sender = 4,
    header_recipient = 8,
};

class Mappings {
  public:
    // `tables` outlives it. Throws config::Error that names file, line and parameter.
    Mappings(const config::Settings& settings, dict::Tables& tables);
    // Standard form only.
    explicit Mappings(rewrite::Options options) : rewriter_(std::move(options)) {}

    // Whether addresses in headers of mail from `context` are rewritten at all.
    bool rewrites_headers(rewrite::Context context) const;

    // `address` in external form, and what it becomes by all that applies to its role; "" stays.
    // Throws MappingTrouble.
    io::Task<std::string> rewritten(std::string_view address, Role role,
                                    rewrite::Context context) const;
    // The addresses in a header's value.
    io::Task<std::string> header(std::string_view value, Role role, rewrite::Context context) const;

    // The recipients of the message: those of `envelope` (whose sender is rewritten already), with
    // copies, rewritten, expanded, each once. `copies`: always_bcc and the bcc tables apply.
    io::Task<std::vector<mail::Recipient>> recipients(const mail::Envelope& envelope,
                                                      bool copies) const;

    // All mail goes to `address` instead, as one recipient: the first.
    void redirect(std::vector<mail::Recipient>& recipients, std::string_view address) const;

  private:
    struct Canonical {
        AddressMap map;
        unsigned roles = 0;
    };
    class Gathering;
    struct Copies;

    void map_nothing();
    io::Task<std::string> canonical_form(const AddressMap& map, std::string address) const;
    io::Task<void> add(Gathering& to, const mail::Recipient& recipient, bool copies) const;
    io::Task<void> add_copy(Gathering& to, const AddressMap& map, std::string_view of) const;

    rewrite::Rewriter rewriter_;
    AddressRules rules_;
    std::vector<Canonical> canonical_;  // in order of use
    Masquerade masquerade_;
    unsigned masquerade_roles_ = 0;
    AddressMap sender_bcc_, recipient_bcc_;
    std::string always_bcc_;
    Aliases aliases_;
    bool keeps_original_ = true;  // enable_original_recipient
    size_t remembers_ = 1000;     // duplicate_filter_limit; 0: all
};

}  // namespace cleanup
