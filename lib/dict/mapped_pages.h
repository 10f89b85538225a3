// MappedPages gives Berkeley DB the pages of a file from a mapping of it.
//
// The library maps B-trees that are only read, but never hash tables: those it reads page by page,
// a call of the system for nearly every look-up. The way it reads may be replaced for the whole
// process, and is replaced here for the files that have such a mapping, and for no others.
#pragma once

#include <cstddef>

namespace dict {

class MappedPages {
  public:
    MappedPages() = default;
    // `fd` is the library's own and stays open longer than this; `size` bytes are in the file.
    // Where it cannot be mapped it is read as before. It stays in one thread.
    MappedPages(int fd, size_t size);
    ~MappedPages();
    MappedPages(MappedPages&& from) noexcept;
    MappedPages& operator=(MappedPages&& from) noexcept;

  private:
    int fd_ = -1;
};

}  // namespace dict
