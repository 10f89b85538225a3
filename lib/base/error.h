// SystemError is a failed system call with what it was done to.
#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>
#include <string_view>

namespace base {

class SystemError : public std::runtime_error {
  public:
    // what() reads "open /var/spool/x: No such file or directory".
    explicit SystemError(std::string_view what, int error = errno);
    int code() const { return code_; }

  private:
    int code_;
};

// The text of an errno value, as strerror gives it; safe in threads.
std::string error_text(int error);

}  // namespace base
