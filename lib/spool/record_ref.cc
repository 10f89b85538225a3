#include "lib/spool/record_ref.h"

#include <algorithm>

namespace spool {

void RecordRef::encode(base::Encoder& out) const {
    out.u32(segment).bytes({reinterpret_cast<const char*>(epoch.data()), epoch.size()});
    out.u64(offset).u32(status_index);
}

RecordRef RecordRef::decode(base::Decoder& in) {
    RecordRef ref;
    ref.segment = in.u32();
    std::string_view epoch = in.bytes(ref.epoch.size());
    std::copy(epoch.begin(), epoch.end(), ref.epoch.begin());
    ref.offset = in.u64();
    ref.status_index = in.u32();
    return ref;
}

}  // namespace spool
