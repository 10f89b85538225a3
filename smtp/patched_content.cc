#include "smtp/patched_content.h"

#include <algorithm>

namespace smtp {

int64_t growth(const Patches& patches) {
    int64_t bytes = 0;
    for (const Patch& patch : patches)
        bytes += static_cast<int64_t>(patch.instead.size()) - static_cast<int64_t>(patch.size);
    return bytes;
}

uint64_t PatchedContent::size() const {
    return stored_->size() + static_cast<uint64_t>(growth(patches_));
}

// Goes along the content as it is shown: stored stretches and patches in turn. `shown` is where the
// stretch at hand begins in that, `stored` where it begins in what is stored.
size_t PatchedContent::read(std::span<char> into, uint64_t offset) {
    size_t got = 0;
    uint64_t shown = 0;
    uint64_t stored = 0;
    auto copy_stored = [&](uint64_t end) {
        uint64_t from = std::min(std::max(offset + got, shown) - shown + stored, end);
        size_t wanted = static_cast<size_t>(std::min<uint64_t>(end - from, into.size() - got));
        size_t read = wanted == 0 ? 0 : stored_->read(into.subspan(got, wanted), from);
        got += read;
        shown += end - stored;
        stored = end;
        return read == wanted;
    };
    for (const Patch& patch : patches_) {
        if (!copy_stored(patch.at))
            return got;
        if (got < into.size() && offset + got < shown + patch.instead.size())
            got += patch.instead.copy(into.data() + got, into.size() - got, offset + got - shown);
        shown += patch.instead.size();
        stored += patch.size;
    }
    copy_stored(stored_->size());
    return got;
}

}  // namespace smtp
