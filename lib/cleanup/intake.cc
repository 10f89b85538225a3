#include "lib/cleanup/intake.h"

#include "lib/base/text.h"
#include "lib/cleanup/log.h"
#include "lib/spool/notes.h"

namespace cleanup {

namespace {

Refusal::Why reason(spool::Refused::Why why) {
    switch (why) {
        case spool::Refused::no_space:
            return Refusal::no_space;
        case spool::Refused::too_big:
            return Refusal::too_big;
        case spool::Refused::failed:
            break;
    }
    return Refusal::failed;
}

}  // namespace

void Intake::refused(const spool::Refused& refusal) {
    refusal_ = Refusal{reason(refusal.why), refusal.what()};
    draft_.reset();
}

void Intake::refused(const MappingTrouble& trouble) {
    bool lookup = trouble.kind == MappingTrouble::lookup;
    refusal_ = Refusal{lookup ? Refusal::lookup : Refusal::expansion, trouble.what()};
    draft_.reset();
    log::not_mapped(envelope_.queue_id, trouble.what());
}

io::Task<void> Intake::begin(const mail::Envelope& envelope, std::string_view received, bool local,
                             std::string_view above) {
    envelope_ = envelope;
    try {
        std::string sender = co_await mappings_.rewritten(envelope.sender, Role::envelope_sender,
                                                          rewrite::Context::local);
        envelope_.sender = std::move(sender);
    } catch (const MappingTrouble& trouble) {
        refused(trouble);
    }
    if (local)
        context_ = rewrite::Context::local;
    const unsigned hops = received.empty() || !above.empty() ? 0 : 1;
    MessageFilter::About about;
    about.queue_id = envelope_.queue_id;
    about.sender = envelope_.sender;
    about.arrival = envelope_.arrival;
    about.complete_headers = local;
    about.hold_addresses = mappings_.rewrites_headers(context_);
    about.tls_wish = envelope_.tls_wish;
    about.full_name = envelope_.note("full_name");
    filter_.emplace(options_, std::move(about), hops);
    if (!refusal_)
        draft_.emplace(writer_.draft());
    if (above.empty())
        filtered_ = received;
    else
        filter_->feed(base::text(above, received), filtered_);
}

io::Task<void> Intake::store(std::string_view text) {
    if (!draft_ || draft_->try_append(text))
        co_return;
    try {
        co_await draft_->append(text);
    } catch (const spool::Refused& refusal) {
        refused(refusal);
    }
}

io::Task<void> Intake::add(std::string_view content) {
    if (refusal_)
        co_return;
    filter_->feed(content, filtered_);
    if (filter_->has_address_headers())
        co_await rewrite_headers();
    co_await store(filtered_);
    filtered_ = std::string();  // a slow client costs no buffer
}

// The headers with addresses in `filtered_`, each in its place.
io::Task<void> Intake::rewrite_headers() {
    std::vector<MessageFilter::AddressHeader> headers = filter_->take_address_headers();
    std::string out;
    size_t at = 0;
    try {
        for (const MessageFilter::AddressHeader& header : headers) {
            Role role = header.of_sender ? Role::header_sender : Role::header_recipient;
            std::string_view text = std::string_view(filtered_).substr(header.begin, header.size);
            size_t value = text.find(':') + 1;
            std::string changed = co_await mappings_.header(text.substr(value), role, context_);
            if (changed == text.substr(value))
                continue;
            out.append(filtered_, at, header.begin + value - at).append(changed);
            at = header.begin + header.size;
        }
        if (at == 0)
            co_return;
        out.append(filtered_, at);
        filtered_ = std::move(out);
    } catch (const MappingTrouble& trouble) {
        refused(trouble);
    }
}

io::Task<void> Intake::map_recipients() {
    if (!orders_.copies.empty()) {
        std::vector<mail::Recipient> all;
        for (const std::string& address : orders_.copies)
            all.push_back({complete(options_, address), "", mail::notify_never, ""});
        all.insert(all.end(), envelope_.recipients.begin(), envelope_.recipients.end());
        envelope_.recipients = std::move(all);
    }
    try {
        std::vector<mail::Recipient> mapped = co_await mappings_.recipients(envelope_, true);
        envelope_.recipients = std::move(mapped);
    } catch (const MappingTrouble& trouble) {
        refused(trouble);
    }
}

void Intake::obey_orders() {
    const std::string& filter = orders_.filter.empty() ? options_.content_filter : orders_.filter;
    // Mail that is queued anew may have had another.
    envelope_.more.erase(std::string(spool::note::content_filter));
    if (!orders_.redirect.empty())
        mappings_.redirect(envelope_.recipients, orders_.redirect);
    else if (!filter.empty())
        envelope_.more[std::string(spool::note::content_filter)] = filter;
    if (orders_.hold)
        envelope_.more[std::string(spool::note::hold)] = "1";
}

io::Task<std::optional<Refusal>> Intake::commit() {
    if (!refusal_) {
        filter_->finish(filtered_);
        if (filter_->has_address_headers())
            co_await rewrite_headers();
        co_await store(filtered_);
    }
    if (!refusal_ && filter_->too_many_hops()) {
        if (returns_loops_)
            envelope_.more[std::string(spool::note::refused)] = "5.4.0 too many hops";
        else
            refusal_ = Refusal{Refusal::too_many_hops, "too many hops"};
    }
    if (!refusal_)
        co_await map_recipients();
    if (refusal_)
        co_return refusal_;
    obey_orders();
    envelope_.message_id = filter_->message_id();
    envelope_.tls_wish = filter_->tls_wish();
    try {
        co_await writer_.commit(envelope_, std::move(*draft_));
    } catch (const spool::Refused& refusal) {
        refused(refusal);
    }
    co_return refusal_;
}

}  // namespace cleanup
