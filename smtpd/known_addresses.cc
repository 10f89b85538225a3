#include "smtpd/known_addresses.h"

#include <utility>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dict/braces.h"
#include "lib/mail/address.h"

namespace smtpd {

namespace {

int code(int64_t number) {
    return static_cast<int>(number);
}

// Stands for a table that cannot be opened: nobody knows what it would say. Says so when it is
// first asked: most servers without it have no local mail.
class TroubledTable : public dict::Table {
  public:
    TroubledTable(std::string name, std::string why)
        : dict::Table(std::move(name)), why_(std::move(why)) {}
    io::Task<dict::Lookup> look_up(std::string_view, dict::Key) override {
        if (!std::exchange(told_, true))
            base::log::warning(why_);
        co_return dict::Lookup::later(why_);
    }

  private:
    std::string why_;
    bool told_ = false;
};

}  // namespace

KnownAddresses::KnownAddresses(const config::Settings& settings, dict::Tables& tables)
    : canonical_(dict::Maps::of(tables, settings, "canonical_maps")),
      sender_canonical_(dict::Maps::of(tables, settings, "sender_canonical_maps")),
      recipient_canonical_(dict::Maps::of(tables, settings, "recipient_canonical_maps")),
      virtual_alias_(dict::Maps::of(tables, settings, "virtual_alias_maps")),
      owners_(dict::Maps::of(tables, settings, "smtpd_sender_login_maps")),
      myorigin_(settings.text("myorigin")),
      extensions_(dict::Extensions::of(settings)),
      shows_table_(settings.flag("show_user_unknown_table_name")),
      alias_code_(code(settings.number("unknown_virtual_alias_reject_code"))) {
    groups_.push_back({route::Class::local, local_maps(settings, tables),
                       code(settings.number("unknown_local_recipient_reject_code")),
                       "local recipient table"});
    groups_.push_back(
        {route::Class::virtual_mailbox, dict::Maps::of(tables, settings, "virtual_mailbox_maps"),
         code(settings.number("unknown_virtual_mailbox_reject_code")), "virtual mailbox table"});
    groups_.push_back(
        {route::Class::relay, dict::Maps::of(tables, settings, "relay_recipient_maps"),
         code(settings.number("unknown_relay_recipient_reject_code")), "relay recipient table"});
}

// A server without local mail may lack what the default names: only local mail waits for it then.
dict::Maps KnownAddresses::local_maps(const config::Settings& settings, dict::Tables& tables) {
    if (settings.is_set("local_recipient_maps"))
        return dict::Maps::of(tables, settings, "local_recipient_maps");
    std::vector<dict::Table*> maps;
    for (const std::string& name : dict::split_braced(settings.value("local_recipient_maps"))) {
        try {
            maps.push_back(&tables.open(name));
        } catch (const config::Error& error) {
            troubled_.push_back(std::make_unique<TroubledTable>(
                name, base::text("local_recipient_maps: ", error.what(),
                                 ": mail for local recipients is put off")));
            maps.push_back(troubled_.back().get());
        }
    }
    return dict::Maps(std::move(maps));
}

io::Task<dict::Lookup> KnownAddresses::look_up(const dict::Maps& maps,
                                               const Destination& to) const {
    dict::AddressSearch search;
    search.extensions = extensions_.rules();
    search.domain_is_local = to.address_class == route::Class::local ||
                             base::equal_nocase(mail::domain_of(to.recipient), myorigin_);
    dict::FoundAddress found = co_await dict::find_address(maps, to.recipient, search);
    co_return std::move(found.lookup);
}

io::Task<dict::Lookup> KnownAddresses::owners(const Destination& to) const {
    co_return co_await look_up(owners_, to);
}

io::Task<KnownAddresses::Listing> KnownAddresses::find(const dict::Maps& maps,
                                                       const Destination& to) const {
    Listing listing;
    listing.state = Listing::no;
    if (maps.empty())
        co_return listing;
    dict::Lookup lookup = co_await look_up(maps, to);
    if (lookup.found())
        listing.state = Listing::yes;
    if (lookup.retry())
        listing.state = Listing::retry;
    co_return listing;
}

io::Task<KnownAddresses::Listing> KnownAddresses::rewritten(const Destination& to,
                                                            bool sender) const {
    const dict::Maps none;
    const dict::Maps* all[] = {sender ? &none : &recipient_canonical_,
                               sender ? &sender_canonical_ : &none, &canonical_, &virtual_alias_};
    for (const dict::Maps* maps : all) {
        if (maps->empty())
            continue;
        Listing listing = co_await find(*maps, to);
        if (listing.state != Listing::no)
            co_return listing;
    }
    Listing unlisted;
    unlisted.state = Listing::no;
    co_return unlisted;
}

// Names that every mail system answers to.
bool KnownAddresses::always_there(const Destination& to) const {
    std::string_view local = mail::local_of(to.recipient);
    return to.address_class == route::Class::local &&
           (base::equal_nocase(local, "postmaster") || base::equal_nocase(local, "mailer-daemon") ||
            base::equal_nocase(local, extensions_.double_bounce_name));
}

io::Task<KnownAddresses::Listing> KnownAddresses::listed(const Destination& to) const {
    for (const Group& group : groups_) {
        if (group.address_class != to.address_class || group.maps.empty() || always_there(to))
            continue;
        Listing listing = co_await find(group.maps, to);
        listing.code = group.code;
        listing.table = group.table;
        co_return listing;
    }
    co_return Listing();
}

}  // namespace smtpd
