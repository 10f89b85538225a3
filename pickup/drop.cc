#include "pickup/drop.h"

#include <sys/stat.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/spool/notes.h"

namespace pickup {

namespace {

constexpr std::string_view context = "rewrite_context";

// What `file` says that any user may say.
mail::Envelope as_user(const spool::QueueFile& file) {
    mail::Envelope envelope;
    envelope.arrival = file.envelope.arrival;
    envelope.sender = file.envelope.sender;
    envelope.encoding = file.envelope.encoding;
    envelope.dsn_envid = file.envelope.dsn_envid;
    envelope.dsn_ret = file.envelope.dsn_ret;
    // The weaker wish is a header's, which is read on the way in where it is honoured.
    if (file.envelope.tls_wish == mail::TlsWish::required)
        envelope.tls_wish = mail::TlsWish::required;
    for (std::string_view name : {std::string_view("full_name"), context, spool::note::trace})
        if (auto found = file.envelope.more.find(std::string(name));
            found != file.envelope.more.end())
            envelope.more.insert(*found);
    return envelope;
}

}  // namespace

bool takeable(const spool::QueueEntry& entry) {
    struct stat status;
    return entry.ready() && ::lstat(entry.path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           status.st_nlink == 1;
}

Drop::Drop(const std::string& path, uid_t mail_owner) {
    struct stat status;
    if (::lstat(path.c_str(), &status) != 0)
        throw base::SystemError("look up " + path);
    uid_ = status.st_uid;
    content_ = std::make_unique<spool::QueueFileContent>(path);
    const spool::QueueFile& file = content_->file();
    bool again = uid_ == mail_owner;
    envelope_ = again ? file.envelope : as_user(file);
    envelope_.queue_id.clear();
    envelope_.recipients.clear();
    for (size_t i = 0; i < file.places.size(); ++i) {
        if (file.places[i].done)
            continue;
        mail::Recipient to = file.envelope.recipients[i];
        if (again && !to.original.empty())
            to.address = to.original;  // tables may say something else of it now
        to.original.clear();
        envelope_.recipients.push_back(std::move(to));
    }
    if (auto found = envelope_.more.find(std::string(context)); found != envelope_.more.end()) {
        local_ = found->second != "remote";
        if (!again)
            envelope_.more.erase(found);
    }
    if (envelope_.recipients.empty())
        throw spool::BadContent("no recipients");
}

}  // namespace pickup
