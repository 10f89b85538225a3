#include "smtp/outgoing.h"

#include "lib/mail/address.h"
#include "lib/mail/header_addresses.h"
#include "smtp/address_headers.h"
#include "smtp/log.h"

namespace smtp {

namespace {

// Brackets without quotes would end the path.
std::string unquoted(const std::string& address) {
    std::optional<mail::Mailbox> mailbox = mail::Mailbox::parse(address);
    if (!mailbox || mailbox->local.find_first_of("<>") != std::string::npos)
        return address;
    return mailbox->domain.empty() ? mailbox->local : mailbox->local + '@' + mailbox->domain;
}

}  // namespace

OutgoingAddresses::OutgoingAddresses(const config::Settings& settings, dict::Tables& tables,
                                     std::string_view parameter, bool quoted)
    : generic_(settings, tables, parameter, cleanup::propagates(settings, "generic")),
      quoted_(quoted) {
    if (generic_.empty())
        return;
    rules_ = cleanup::AddressRules(settings, tables);
    rewriter_ = rewrite::Rewriter(rewrite::Options::from(settings));
}

// What a table gives is not looked up again.
io::Task<std::string> OutgoingAddresses::mapped(const std::string& address) const {
    if (address.empty() || generic_.empty())
        co_return address;
    std::vector<std::string> found = co_await generic_.find(address, rules_, rewriter_);
    if (found.size() > 1)
        log::many_valued(generic_.parameter(), address);
    co_return found.empty() ? address : std::move(found.front());
}

io::Task<std::string> OutgoingAddresses::in_envelope(const std::string& address) const {
    std::string shown = co_await mapped(address);
    co_return quoted_ ? std::move(shown) : unquoted(shown);
}

io::Task<Patches> OutgoingAddresses::header_patches(spool::MessageSource& content) const {
    Patches patches;
    AddressHeaders headers(content);
    for (auto header = headers.next(); header; header = headers.next()) {
        std::vector<mail::HeaderAddress> addresses = mail::header_addresses(header->value);
        std::vector<std::string> instead;
        for (const mail::HeaderAddress& one : addresses) {
            std::string shown = co_await mapped(one.address);
            instead.push_back(std::move(shown));
        }
        std::string value = mail::replace_addresses(header->value, addresses, instead);
        if (value != header->value)
            patches.push_back({header->value_at, header->value.size(), std::move(value)});
    }
    co_return patches;
}

io::Task<Shown> OutgoingAddresses::show(const ipc::DeliveryRequest& request,
                                        spool::MessageSource* content) const {
    Shown shown;
    std::string sender = co_await in_envelope(request.sender);
    shown.sender = std::move(sender);
    for (const ipc::DeliveryRecipient& recipient : request.recipients) {
        std::string address = co_await in_envelope(recipient.address);
        shown.recipients.push_back(std::move(address));
    }
    if (content == nullptr)
        co_return shown;
    Patches patches = co_await header_patches(*content);
    shown.headers = std::move(patches);
    co_return shown;
}

}  // namespace smtp
