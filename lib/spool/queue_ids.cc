#include "lib/spool/queue_ids.h"

#include <cerrno>
#include <chrono>
#include <optional>
#include <string_view>
#include <thread>

#include "lib/base/crc32c.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/base/random.h"
#include "lib/base/text.h"
#include "lib/spool/segment_header.h"

namespace spool {
namespace {

// Postfix's alphabet: no vowels, so that no words appear.
constexpr std::string_view letters = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

std::string in_base(unsigned base, uint64_t number, size_t least_width) {
    std::string digits;
    for (; number > 0 || digits.size() < least_width; number /= base)
        digits.insert(digits.begin(), letters[number % base]);
    return digits;
}

struct Seconds {
    uint64_t seconds, microseconds;
};

Seconds parts_of(base::WallTime time) {
    auto microseconds = static_cast<uint64_t>(time.time_since_epoch().count());
    return {microseconds / 1'000'000, microseconds % 1'000'000};
}

constexpr uint64_t copy_size = 512;
constexpr uint64_t first_number = 0x10000;

struct Counter {
    uint64_t sequence = 0;
    uint64_t next = first_number;

    std::string encode() const {
        base::Encoder out;
        out.u64(sequence).u64(next).u32(base::crc32c(out.view()));
        std::string copy = out.take();
        copy.resize(copy_size);
        return copy;
    }
    static std::optional<Counter> decode(std::string_view bytes) {
        base::Decoder in(bytes);
        Counter counter;
        counter.sequence = in.u64();
        counter.next = in.u64();
        if (in.u32() != base::crc32c(bytes.substr(0, 16)) || counter.sequence == 0)
            return std::nullopt;
        return counter;
    }
};

std::optional<Counter> read_counter(File& file) {
    std::string bytes(2 * copy_size, '\0');
    file.pread(bytes, 0);
    auto first = Counter::decode(std::string_view(bytes).substr(0, copy_size));
    auto second = Counter::decode(std::string_view(bytes).substr(copy_size));
    if (first && second)
        return first->sequence > second->sequence ? first : second;
    return first ? first : second;
}

std::unique_ptr<File> open_counter(Disk& disk, const std::string& path) {
    while (true) {
        try {
            return disk.open(path, OpenMode::write);
        } catch (const base::SystemError& error) {
            if (error.code() != ENOENT)
                throw;
        }
        try {
            return disk.open(path, OpenMode::create);
        } catch (const base::SystemError& error) {
            if (error.code() != EEXIST)
                throw;
        }
    }
}

// Where to begin without a counter: low in a new queue; out of the way of what may be queued when
// the counter was lost.
Counter new_counter(Disk& disk, const std::string& queue_directory) {
    for (const std::string& name : disk.list(queue_directory + "/log")) {
        auto number = segment_number(name);
        if (!number)
            continue;
        auto header =
            read_header(*disk.open(segment_path(queue_directory, *number), OpenMode::read));
        if (header && header->claims > 0)
            return {0, (uint64_t{1} << 32) + (base::random_number() >> 34)};
    }
    return {};
}

}  // namespace

std::string short_queue_id(base::WallTime time, uint64_t number) {
    return base::upper_hex(parts_of(time).microseconds, 5) + base::upper_hex(number);
}

std::string long_queue_id(base::WallTime time, uint64_t number) {
    auto [seconds, microseconds] = parts_of(time);
    return in_base(52, seconds, 6) + in_base(52, microseconds, 4) + "z" + in_base(51, number, 1);
}

uint64_t reserve_numbers(Disk& disk, const std::string& queue_directory, uint64_t count) {
    std::string directory = queue_directory + "/log";
    auto file = open_counter(disk, directory + "/ids");
    // Held by others for a flush at most.
    for (int tries = 0; !file->lock_exclusive(LockByte::writer); ++tries) {
        if (tries == 10'000)
            throw base::SystemError("lock " + directory + "/ids", EAGAIN);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    auto found = read_counter(*file);
    Counter counter = found ? *found : new_counter(disk, queue_directory);
    uint64_t first = counter.next;
    counter.next += count;
    ++counter.sequence;
    file->pwrite(counter.encode(), counter.sequence % 2 * copy_size);
    file->fdatasync();
    if (!found)
        disk.fsync_dir(directory);
    return first;
}

}  // namespace spool
