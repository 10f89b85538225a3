// Replacing a configuration file by a new text, all or nothing.
#pragma once

#include <string>
#include <string_view>

namespace postconf {

// Writes PATH.tmp, flushes it and renames it to PATH, with mode 0644; another edit at the same time
// waits. Throws base::SystemError.
class Replacement {
  public:
    // Locks out other edits of `path` until this ends.
    explicit Replacement(std::string path);
    ~Replacement();
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;

    void write(std::string_view text);

  private:
    std::string path_;
    std::string temporary_;
    int fd_ = -1;
};

}  // namespace postconf
