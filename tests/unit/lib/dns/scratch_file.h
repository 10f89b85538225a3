// ScratchFile is a text file that a test changes and that goes away with it.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace dns_test {

class ScratchFile {
  public:
    explicit ScratchFile(const std::string& text) {
        char name[] = "/tmp/posthaste-dns-XXXXXX";
        int fd = mkstemp(name);
        if (fd < 0)
            std::abort();
        ::close(fd);
        path = name;
        write(text);
    }
    ~ScratchFile() { ::unlink(path.c_str()); }
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    // Takes the place of what was there, as editors do.
    void write(const std::string& text) {
        std::string next = path + ".next";
        std::ofstream(next) << text;
        if (::rename(next.c_str(), path.c_str()) != 0)
            std::abort();
    }

    std::string path;
};

}  // namespace dns_test
