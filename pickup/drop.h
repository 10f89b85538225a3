// Drop is one file of maildrop/: what a user may say in it, and its content.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "lib/mail/envelope.h"
#include "lib/spool/queue_file_content.h"
#include "lib/spool/queue_folders.h"

namespace pickup {

class Drop {
  public:
    // Opens and reads the file. Attributes that only the mail system may set are left out, unless
    // the file belongs to `mail_owner`, who puts mail there to be queued anew. Throws
    // spool::BadContent for what is no message, base::SystemError.
    Drop(const std::string& path, uid_t mail_owner);

    uid_t uid() const { return uid_; }
    bool local() const { return local_; }  // addresses are completed as those of this machine
    // Without queue ID; recipients as given, bare names too.
    const mail::Envelope& envelope() const { return envelope_; }
    spool::QueueFileContent& content() { return *content_; }

  private:
    uid_t uid_ = 0;
    bool local_ = true;
    mail::Envelope envelope_;
    std::unique_ptr<spool::QueueFileContent> content_;
};

// Whether a file of maildrop/ is one to take: a plain file with one name, complete.
bool takeable(const spool::QueueEntry& entry);

}  // namespace pickup
