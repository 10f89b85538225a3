#include "lib/dict/mapped_pages.h"

#include <db.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace dict {
namespace {

struct Mapping {
    const char* bytes = nullptr;  // null: there is none
    size_t size = 0;
};

// By descriptor, as the library's function knows nothing but that. What another thread maps is not
// seen; it reads as if nothing were mapped.
std::vector<Mapping>& mappings() {
    thread_local std::vector<Mapping> all;
    return all;
}

ssize_t read_mapped(int fd, void* into, size_t wanted, off_t from) {
    const std::vector<Mapping>& all = mappings();
    auto number = static_cast<size_t>(fd);
    auto start = static_cast<size_t>(from);
    if (number >= all.size() || all[number].bytes == nullptr || from < 0)
        return ::pread(fd, into, wanted, from);
    const Mapping& mapping = all[number];
    size_t count = start < mapping.size ? std::min(wanted, mapping.size - start) : 0;
    std::memcpy(into, mapping.bytes + start, count);
    return static_cast<ssize_t>(count);
}

}  // namespace

MappedPages::MappedPages(int fd, size_t size) {
    void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED)
        return;
    fd_ = fd;
    std::vector<Mapping>& all = mappings();
    all.resize(std::max(all.size(), static_cast<size_t>(fd) + 1));
    all[static_cast<size_t>(fd)] = {static_cast<const char*>(bytes), size};
    ::db_env_set_func_pread(read_mapped);
}

MappedPages::~MappedPages() {
    if (fd_ < 0)
        return;
    Mapping mapping = std::exchange(mappings()[static_cast<size_t>(fd_)], {});
    ::munmap(const_cast<char*>(mapping.bytes), mapping.size);
}

MappedPages::MappedPages(MappedPages&& from) noexcept : fd_(std::exchange(from.fd_, -1)) {}

MappedPages& MappedPages::operator=(MappedPages&& from) noexcept {
    std::swap(fd_, from.fd_);
    return *this;
}

}  // namespace dict
