#include "lib/spool/queue_list.h"

#include <array>
#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/spool/defer_log.h"
#include "lib/spool/notes.h"
#include "lib/spool/queue_file.h"

namespace spool {

namespace {

constexpr std::array<const char*, 5> listed_folders = {"maildrop", "active", "incoming", "deferred",
                                                       "hold"};
constexpr mode_t force_expire_bit = 0010;
constexpr std::string_view null_sender = "MAILER-DAEMON";

std::string sender_of(const mail::Envelope& envelope) {
    return envelope.sender.empty() ? std::string(null_sender) : envelope.sender;
}

}  // namespace

QueueList::QueueList(QueueFolders folders, Known tried)
    : folders_(std::move(folders)), tried_(std::move(tried)) {
    log_.emplace(folders_.root);
}

std::string QueueList::reason_of(Known::const_iterator known, size_t recipient) const {
    if (known == tried_.end())
        return {};
    auto reason = known->second.reasons.find(static_cast<uint32_t>(recipient));
    return reason == known->second.reasons.end() ? std::string() : reason->second;
}

std::optional<ListedMessage> QueueList::next() {
    if (log_) {
        if (auto message = next_in_log())
            return message;
        log_.reset();
    }
    return next_in_folders();
}

std::optional<ListedMessage> QueueList::next_in_log() {
    while (auto logged = log_->next()) {
        const mail::Envelope& envelope = logged->envelope;
        ListedMessage message;
        auto known = tried_.find(envelope.queue_id);
        for (size_t i = 0; i < envelope.recipients.size(); ++i) {
            if (!logged->owed(i))
                continue;
            message.recipients.push_back({envelope.recipients[i].address, reason_of(known, i)});
        }
        if (message.recipients.empty() || folders_.find("deferred", envelope.queue_id) ||
            folders_.find("hold", envelope.queue_id))
            continue;
        message.queue = envelope.more.contains(std::string(note::hold)) ? "hold"
                        : known == tried_.end()                         ? "incoming"
                        : known->second.active                          ? "active"
                                                                        : "deferred";
        message.id = envelope.queue_id;
        message.arrival = envelope.arrival;
        message.size = logged->size;
        message.sender = sender_of(envelope);
        return message;
    }
    return std::nullopt;
}

std::optional<ListedMessage> QueueList::next_in_folders() {
    while (folder_ < listed_folders.size()) {
        if (!scan_)
            scan_.emplace(folders_, listed_folders[folder_]);
        while (auto entry = scan_->next())
            if (entry->ready())
                if (auto message = from_file(*entry))
                    return message;
        scan_.reset();
        ++folder_;
    }
    return std::nullopt;
}

std::optional<ListedMessage> QueueList::from_file(const QueueEntry& entry) {
    ListedMessage message;
    message.queue = listed_folders[folder_];
    auto known = tried_.find(entry.id);
    if (known != tried_.end() && known->second.active)
        message.queue = "active";  // taken up without being renamed
    try {
        QueueFile file = load_queue_file(entry.path);
        std::map<uint64_t, std::string> reasons;
        for (DeferEntry& tried : read_log(folders_, DeferLog::defer, entry.id))
            reasons[tried.mark] = std::move(tried.reason);
        for (size_t i = 0; i < file.places.size(); ++i)
            if (!file.places[i].done) {
                std::string& reason = reasons[file.places[i].mark];
                if (reason.empty())
                    reason = reason_of(known, i);
                message.recipients.push_back({file.envelope.recipients[i].address, reason});
            }
        message.arrival = file.envelope.arrival;
        message.size = file.size;
        message.sender = sender_of(file.envelope);
    } catch (const base::SystemError& error) {
        if (error.code() != ENOENT)
            base::log::warning(error.what());
        return std::nullopt;
    } catch (const BadContent& error) {
        base::log::warning(base::text(entry.path, ": ", error.what()));
        return std::nullopt;
    }
    message.id = entry.id;
    message.forced_expire = (entry.mode & force_expire_bit) != 0;
    return message;
}

}  // namespace spool
