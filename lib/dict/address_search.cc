#include "lib/dict/address_search.h"

#include <algorithm>
#include <vector>

#include "lib/mail/address.h"

namespace dict {
namespace {

// One key to ask for.
struct Try {
    std::string key;
    Key kind = Key::part;
    bool without_extension = false;
};

class Plan {
  public:
    Plan(std::string_view address, const AddressSearch& search) : search_(search) {
        std::string_view domain = mail::domain_of(address);
        std::optional<mail::Mailbox> parsed = mail::Mailbox::parse(address);
        if (parsed) {
            mailbox_ = std::move(*parsed);
        } else {
            mailbox_.local = mail::local_of(address);
            mailbox_.domain = domain;
        }
        whole_ = address;
        if (auto at = mail::find_extension(mailbox_.local, search.extensions)) {
            extension_ = mailbox_.local.substr(*at);
            plain_ = mailbox_;
            plain_.local.resize(*at);
        }
    }

    std::vector<Try> tries();
    const std::string& extension() const { return extension_; }

  private:
    bool wants(unsigned key) const { return (search_.keys & key) != 0; }
    void add(std::string key, Key kind, bool without_extension) {
        tries_.push_back({std::move(key), kind, without_extension});
    }
    // The external form, and what is between the quotes where that differs.
    void add_forms(std::string external, std::string internal, Key kind, bool without_extension) {
        if (internal != external) {
            add(std::move(external), kind, without_extension);
            add(std::move(internal), kind, without_extension);
        } else {
            add(std::move(external), kind, without_extension);
        }
    }
    static std::string internal(const mail::Mailbox& mailbox) {
        return mailbox.domain.empty() ? mailbox.local : mailbox.local + '@' + mailbox.domain;
    }
    void add_local(const mail::Mailbox& mailbox, bool without_extension) {
        add_forms(mail::quoted_local(mailbox.local), mailbox.local, Key::part, without_extension);
    }
    void add_parents();

    const AddressSearch& search_;
    std::string whole_;
    mail::Mailbox mailbox_, plain_;
    std::string extension_;
    std::vector<Try> tries_;
};

std::vector<Try> Plan::tries() {
    if (wants(full))
        add_forms(whole_, internal(mailbox_), Key::whole, false);
    if (wants(plain) && !extension_.empty())
        add_forms(plain_.external(), internal(plain_), Key::part, true);
    if (search_.domain_is_local && !mailbox_.domain.empty()) {
        if (wants(local_full))
            add_local(mailbox_, false);
        if (wants(local_plain) && !extension_.empty())
            add_local(plain_, true);
    }
    if (mailbox_.domain.empty())
        return std::move(tries_);
    if (wants(at_domain))
        add('@' + mailbox_.domain, Key::part, false);
    if (wants(domain))
        add(mailbox_.domain, Key::part, false);
    if (wants(parents) || wants(dot_parents))
        add_parents();
    return std::move(tries_);
}

void Plan::add_parents() {
    if (mailbox_.domain.starts_with('['))
        return;
    std::string_view rest = mailbox_.domain;
    for (size_t dot; (dot = rest.find('.', 1)) != rest.npos; rest = rest.substr(dot)) {
        if (wants(dot_parents))
            add(std::string(rest.substr(dot)), Key::part, false);
        if (wants(parents))
            add(std::string(rest.substr(dot + 1)), Key::part, false);
    }
}

}  // namespace

io::Task<FoundAddress> find_address(const Maps& maps, std::string_view address,
                                    AddressSearch search) {
    FoundAddress result;
    if (maps.empty())
        co_return result;
    Plan plan(address, search);
    std::vector<Try> tries = plan.tries();
    for (Try& one : tries) {
        Lookup lookup = co_await maps.find(one.key, one.kind);
        if (lookup.none())
            continue;
        result.lookup = std::move(lookup);
        result.key = std::move(one.key);
        if (one.without_extension)
            result.extension = plan.extension();
        break;
    }
    co_return result;
}

}  // namespace dict
