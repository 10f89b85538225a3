// A queue directory for one test, with a configuration directory that Debian's tools read.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "lib/base/text.h"
#include "lib/spool/message_source.h"
#include "lib/spool/queue_folders.h"

namespace spool_test {

class TextSource : public spool::MessageSource {
  public:
    explicit TextSource(std::string text) : text_(std::move(text)) {}
    uint64_t size() const override { return text_.size(); }
    bool has_leading_dots() const override {
        return text_.starts_with('.') || text_.find("\n.") != text_.npos;
    }
    size_t read(std::span<char> into, uint64_t offset) override {
        if (offset >= text_.size())
            return 0;
        size_t n = std::min(into.size(), text_.size() - offset);
        std::memcpy(into.data(), text_.data() + offset, n);
        return n;
    }
    bool still_valid() override { return true; }

  private:
    std::string text_;
};

inline std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void put_file(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    ::chmod(path.c_str(), 0700);
}

// The whole of a source, in reads of `step` bytes.
inline std::string all_of(spool::MessageSource& source, size_t step = 65536) {
    std::string out;
    std::string part(step, '\0');
    while (size_t n = source.read(std::span(part), out.size()))
        out.append(part, 0, n);
    return out;
}

struct Ran {
    int status = -1;  // exit code
    std::string output;
};

// Runs a shell command, standard error included in the output.
inline Ran run(const std::string& command) {
    Ran ran;
    FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (!pipe)
        return ran;
    char bytes[4096];
    while (size_t n = std::fread(bytes, 1, sizeof bytes, pipe))
        ran.output.append(bytes, n);
    int status = ::pclose(pipe);
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
}

class ScratchQueue {
  public:
    ScratchQueue() {
        char name[] = "/tmp/posthaste-queue-XXXXXX";
        root_ = ::mkdtemp(name);
        ::chmod(root_.c_str(), 0755);
        folders.root = root_ + "/spool";
        std::filesystem::create_directories(folders.root);
        for (const char* queue :
             {"active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming",
              "maildrop", "pid", "private", "public", "saved", "trace"})
            std::filesystem::create_directory(folders.root + '/' + queue);
        std::filesystem::create_directory(config());
        std::ofstream(config() + "/main.cf")
            << "compatibility_level = 3.6\nqueue_directory = " << folders.root
            << "\ndata_directory = " << root_ << "\nmyhostname = scratch.example\n"
            << "inet_protocols = ipv4\n";
        std::ofstream(config() + "/master.cf") << "";
    }
    ScratchQueue(const ScratchQueue&) = delete;
    ScratchQueue& operator=(const ScratchQueue&) = delete;
    ~ScratchQueue() { std::filesystem::remove_all(root_); }

    std::string config() const { return root_ + "/etc"; }
    std::string path(const std::string& name) const { return root_ + '/' + name; }

    spool::QueueFolders folders;

    // Debian's programs read files of mail_owner only.
    void give_to_mail_owner() const {
        if (::geteuid() == 0)
            ASSERT_EQ(run("chown -R postfix " + folders.root).status, 0);
        else
            std::ofstream(config() + "/main.cf", std::ios::app)
                << "mail_owner = " << run("id -un").output << "\n";
    }

  private:
    std::string root_;
};

inline std::string sample(const std::string& name) {
    return "tests/data/queue/" + name;
}

}  // namespace spool_test
