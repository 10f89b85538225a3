#include "lib/ipc/message_ref.h"

namespace ipc {

namespace {

constexpr uint8_t in_log = 0;
constexpr uint8_t in_file = 1;

}  // namespace

void encode(base::Encoder& out, const MessageRef& ref) {
    if (auto record = std::get_if<spool::RecordRef>(&ref)) {
        out.u8(in_log);
        record->encode(out);
    } else {
        const auto& file = std::get<FileRef>(ref);
        out.u8(in_file).string(file.queue).string(file.id);
    }
}

MessageRef decode_message_ref(base::Decoder& in) {
    uint8_t kind = in.u8();
    if (kind == in_log)
        return spool::RecordRef::decode(in);
    if (kind != in_file)
        throw base::DecodeError("unknown kind of message reference");
    FileRef file;
    file.queue = in.string();
    file.id = in.string();
    return file;
}

}  // namespace ipc
