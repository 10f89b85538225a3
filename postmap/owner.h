// Whose rights postmap uses while it writes.
#pragma once

#include <sys/stat.h>

#include <string>

namespace postmap {

// As root, takes the rights of the owner of a source for its lifetime, so that a user's folder
// cannot make root write elsewhere.
class OwnerRights {
  public:
    explicit OwnerRights(const struct stat& source);
    ~OwnerRights();
    OwnerRights(const OwnerRights&) = delete;
    OwnerRights& operator=(const OwnerRights&) = delete;

  private:
    bool taken_ = false;
};

// A table that is there, in a folder that nobody but root may write to: its owner could write into
// it, but not put another in its place.
bool only_root_may_replace(const std::string& file);

}  // namespace postmap
