#include "lib/cleanup/mappings.h"

#include <unordered_set>

#include "lib/base/text.h"
#include "lib/cleanup/overrides.h"
#include "lib/mail/header_addresses.h"

namespace cleanup {

namespace {

struct RoleRow {
    std::string_view name;
    Role role;
};

constexpr RoleRow role_rows[] = {{"envelope_sender", Role::envelope_sender},
                                 {"envelope_recipient", Role::envelope_recipient},
                                 {"header_sender", Role::header_sender},
                                 {"header_recipient", Role::header_recipient}};

unsigned roles_of(const config::Settings& settings, std::string_view parameter) {
    unsigned roles = 0;
    for (const std::string& word : settings.list(parameter)) {
        unsigned role = 0;
        for (const RoleRow& row : role_rows)
            if (row.name == word)
                role = static_cast<unsigned>(row.role);
        if (role == 0)
            throw config::Error(
                base::text(settings.where(parameter), ": ", parameter,
                           ": expected envelope_sender, envelope_recipient, header_sender or ",
                           "header_recipient, found \"", base::printable(word), '"'));
        roles |= role;
    }
    return roles;
}

bool is(unsigned roles, Role role) {
    return (roles & static_cast<unsigned>(role)) != 0;
}

// Nobody hears what becomes of a copy that the sender does not know of.
mail::Recipient copy_to(const std::string& address) {
    mail::Recipient copy;
    copy.address = address;
    copy.notify = mail::notify_never;
    return copy;
}

}  // namespace

// Recipients as they are found, each once.
class Mappings::Gathering {
  public:
    Gathering(bool keeps_original, size_t remembers)
        : keeps_original_(keeps_original), remembers_(remembers) {}

    // Two recipients are the same when they were given, and are to be reported, alike as well.
    void add(mail::Recipient recipient) {
        if (recipient.original == recipient.address || !keeps_original_)
            recipient.original.clear();
        std::string key = base::lower(recipient.address);
        if (keeps_original_)
            base::append(key, '\n', base::lower(recipient.original), '\n', recipient.orcpt, '\n',
                         recipient.notify);
        bool room = remembers_ == 0 || seen_.size() < remembers_;
        bool fresh = room ? seen_.insert(std::move(key)).second : !seen_.contains(key);
        if (fresh)
            list_.push_back(std::move(recipient));
    }
    std::vector<mail::Recipient> take() { return std::move(list_); }

  private:
    bool keeps_original_;
    size_t remembers_;
    std::vector<mail::Recipient> list_;
    std::unordered_set<std::string> seen_;
};

Mappings::Mappings(const config::Settings& settings, dict::Tables& tables)
    : rewriter_(rewrite::Options::from(settings)),
      rules_(settings, tables),
      masquerade_(settings, tables),
      masquerade_roles_(roles_of(settings, "masquerade_classes")),
      sender_bcc_(settings, tables, "sender_bcc_maps", propagates(settings, "bcc")),
      recipient_bcc_(settings, tables, "recipient_bcc_maps", propagates(settings, "bcc")),
      always_bcc_(settings.text("always_bcc")),
      aliases_(settings, tables),
      keeps_original_(settings.flag("enable_original_recipient")),
      remembers_(static_cast<size_t>(settings.number("duplicate_filter_limit"))) {
    bool propagate = propagates(settings, "canonical");
    canonical_.push_back({{settings, tables, "sender_canonical_maps", propagate},
                          roles_of(settings, "sender_canonical_classes")});
    canonical_.push_back({{settings, tables, "recipient_canonical_maps", propagate},
                          roles_of(settings, "recipient_canonical_classes")});
    canonical_.push_back(
        {{settings, tables, "canonical_maps", propagate}, roles_of(settings, "canonical_classes")});
    std::erase_if(canonical_, [](const Canonical& one) { return one.map.empty(); });
    if (overrides::has(settings, overrides::address_mappings))
        map_nothing();
}

void Mappings::redirect(std::vector<mail::Recipient>& recipients, std::string_view address) const {
    recipients.resize(1);
    mail::Recipient& first = recipients.front();
    if (first.original.empty() && keeps_original_)
        first.original = first.address;
    first.address = rewriter_.rewrite(address, rewrite::Context::local);
    if (first.original == first.address)
        first.original.clear();
}

void Mappings::map_nothing() {
    canonical_.clear();
    masquerade_roles_ = 0;
    sender_bcc_ = AddressMap();
    recipient_bcc_ = AddressMap();
    always_bcc_.clear();
    aliases_ = Aliases();
}

bool Mappings::rewrites_headers(rewrite::Context context) const {
    return context == rewrite::Context::local || !rewriter_.options().remote_domain.empty();
}

// What a table gives is looked up in it again.
io::Task<std::string> Mappings::canonical_form(const AddressMap& map, std::string address) const {
    constexpr int deepest = 10;
    for (int depth = 0; depth < deepest; ++depth) {
        std::vector<std::string> found = co_await map.find(address, rules_, rewriter_);
        if (found.empty() || found.front() == address)
            co_return address;
        bool same = base::equal_nocase(found.front(), address);
        address = std::move(found.front());
        if (same)
            co_return address;
    }
    throw MappingTrouble(MappingTrouble::expansion,
                         base::text("unreasonable ", map.parameter(), " map nesting for ",
                                    base::printable(address)));
}

io::Task<std::string> Mappings::rewritten(std::string_view address, Role role,
                                          rewrite::Context context) const {
    std::string result = rewriter_.rewrite(address, context);
    if (result.empty())
        co_return result;
    for (const Canonical& canonical : canonical_) {
        if (!is(canonical.roles, role))
            continue;
        std::string mapped = co_await canonical_form(canonical.map, result);
        result = std::move(mapped);
    }
    if (!is(masquerade_roles_, role) || masquerade_.empty())
        co_return result;
    co_return co_await masquerade_.apply(result);
}

io::Task<std::string> Mappings::header(std::string_view value, Role role,
                                       rewrite::Context context) const {
    std::vector<mail::HeaderAddress> addresses = mail::header_addresses(value);
    std::vector<std::string> instead;
    for (const mail::HeaderAddress& one : addresses) {
        std::string changed = co_await rewritten(one.address, role, context);
        instead.push_back(std::move(changed));
    }
    co_return mail::replace_addresses(value, addresses, instead);
}

io::Task<std::vector<mail::Recipient>> Mappings::recipients(const mail::Envelope& envelope,
                                                            bool copies) const {
    Gathering gathering(keeps_original_, remembers_);
    if (copies && !envelope.sender.empty())
        co_await add_copy(gathering, sender_bcc_, envelope.sender);
    for (const mail::Recipient& recipient : envelope.recipients)
        co_await add(gathering, recipient, copies);
    if (copies && !always_bcc_.empty()) {
        const mail::Recipient copy = copy_to(always_bcc_);
        co_await add(gathering, copy, false);
    }
    co_return gathering.take();
}

// The tables give the address of one copy.
io::Task<void> Mappings::add_copy(Gathering& to, const AddressMap& map, std::string_view of) const {
    std::vector<std::string> found = co_await map.find(of, rules_, rewriter_);
    for (const std::string& address : found) {
        const mail::Recipient copy = copy_to(address);
        co_await add(to, copy, false);
    }
}

io::Task<void> Mappings::add(Gathering& to, const mail::Recipient& recipient, bool copies) const {
    std::string given = recipient.original.empty() ? recipient.address : recipient.original;
    std::string address =
        co_await rewritten(recipient.address, Role::envelope_recipient, rewrite::Context::local);
    std::vector<std::string> all = co_await aliases_.expand(address, rules_, rewriter_);
    for (std::string& one : all) {
        mail::Recipient expanded = recipient;
        expanded.address = std::move(one);
        expanded.original = given;
        to.add(std::move(expanded));
    }
    if (copies && !recipient_bcc_.empty())
        co_await add_copy(to, recipient_bcc_, address);
}

}  // namespace cleanup
