// Postdrop is the command postdrop at work on one message: records go to it, its answer comes back.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>

#include "lib/base/fd.h"
#include "lib/ipc/submission.h"

namespace sendmail {

class Postdrop {
  public:
    // Starts `program`; throws base::SystemError.
    explicit Postdrop(const std::string& program);
    Postdrop(const Postdrop&) = delete;
    Postdrop& operator=(const Postdrop&) = delete;
    // A message that was not finished is none.
    ~Postdrop() { wait(); }

    void put(char type, std::string_view data);
    // The message is complete; what became of it. Throws Failure where postdrop says nothing.
    ipc::SubmissionStatus finish();
    // The name of the message's file, known behind finish().
    const std::string& name() const { return name_; }

  private:
    void flush();
    std::map<std::string, std::string> take();
    void wait();

    base::Fd to_, from_;
    pid_t pid_ = 0;
    std::string buffer_, answer_, name_;
    bool refused_ = false;
};

}  // namespace sendmail
