// FileWatch tells that files were changed or replaced, to a process that may no longer read them.
//
// It is made while their folders can be read; what it watches then, it hears of whatever its user
// is later. A file that another takes the place of by rename, or by a new symbolic link, counts as
// changed. A folder changes with anything in it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/base/fd.h"
#include "lib/io/task.h"
#include "lib/io/wait.h"

namespace io {

class FileWatch {
  public:
    // What cannot be watched is left out.
    explicit FileWatch(const std::vector<std::string>& paths);

    // Comes back behind the first change, when nothing more has changed for `calm`: a key and its
    // certificate are two files. Once only. Never comes back where nothing can be watched.
    Task<void> changed(Duration calm);
    size_t folders() const { return names_.size(); }

  private:
    void watch(std::string path);
    void add(const std::string& folder, const std::string& name);
    bool concerns_us(std::string_view events) const;

    base::Fd fd_;
    // The files of interest in each watched folder; "" stands for all.
    std::map<int, std::set<std::string, std::less<>>> names_;
};

}  // namespace io
