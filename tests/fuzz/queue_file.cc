// Fuzz target: no bytes in a queue file or a defer log do more than be refused, and every recipient
// that is read has its place in the file.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/spool/defer_log.h"
#include "lib/spool/queue_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    spool::parse_log({reinterpret_cast<const char*>(data), size});
    base::Fd file(::memfd_create("fuzz", MFD_CLOEXEC));
    if (!file || ::write(file.get(), data, size) != static_cast<ssize_t>(size))
        return 0;
    try {
        spool::QueueFile read = spool::read_queue_file(file.get(), "FUZZ");
        if (read.places.size() != read.envelope.recipients.size())
            std::abort();
        for (const spool::RecipientPlace& place : read.places)
            if (place.mark >= size)
                std::abort();
    } catch (const spool::BadContent&) {
    }
    return 0;
}
