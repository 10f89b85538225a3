// Giving up what a daemon does not need: root, and the file system outside the queue.
#pragma once

#include <string>

namespace ipc {

struct Confinement {
    std::string owner;  // the user to become; "": stay
    std::string root;   // the directory to have as root; "": stay
};

// Without root there is nothing to give up, and nothing happens. Throws base::SystemError, and
// config::Error for an unknown owner.
void confine(const Confinement& confinement);

// As many descriptors as the hard limit allows.
void raise_descriptor_limit();

}  // namespace ipc
