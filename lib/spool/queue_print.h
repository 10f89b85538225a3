// print_queue_file() shows the records of a queue file as postcat does.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace spool {

struct PrintOptions {
    bool envelope = true;
    bool header = true;
    bool body = true;
    bool offsets = false;     // the offset of each record in front of it
    bool decimal = false;     // the number of its type
    bool file_order = false;  // pointers are not followed
    bool verbose = false;     // the type of content records too, and records that carry nothing
    uint64_t skip = 0;        // begin at this offset
};

// `name` is what the section lines call the file. Prints as far as the file goes and then throws
// IncompleteQueueFile, BadContent or base::SystemError.
void print_queue_file(int fd, const std::string& name, const PrintOptions& options, FILE* out);

}  // namespace spool
