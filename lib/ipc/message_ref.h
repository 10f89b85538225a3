// MessageRef says where the bytes of a queued message are: a record in the log or a queue file.
#pragma once

#include <string>
#include <variant>

#include "lib/base/encode.h"
#include "lib/spool/record_ref.h"

namespace ipc {

struct FileRef {
    std::string queue;  // "deferred", "hold" …: the folder in the queue directory
    std::string id;     // the queue ID, which names the file

    bool operator==(const FileRef&) const = default;
};

using MessageRef = std::variant<spool::RecordRef, FileRef>;

void encode(base::Encoder& out, const MessageRef& ref);
// Throws base::DecodeError.
MessageRef decode_message_ref(base::Decoder& in);

}  // namespace ipc
