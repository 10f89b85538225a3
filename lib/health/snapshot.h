// Snapshot is the table as a text file, which outlives the processes and may be deleted at any
// time.
//
// One line a record, fields separated by tabs, times of the calendar in microseconds:
//     SCOPE configured|mx STATE ADMIN OPENINGS UNTIL SINCE FAILED_AT ADMIN_UNTIL SCORE FAILS REASON
//     GREETING_US GREETINGS TRANSFER_US TRANSFERS KEY LABEL SERVICE WHO TEXT
// between a first line with version, time and the table's hash key, and a last one with a checksum.
// Leases and sessions are left out: their processes are gone when it is read.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/siphash.h"
#include "lib/base/time.h"
#include "lib/health/record.h"
#include "lib/health/table.h"

namespace health {

// The same moment by both clocks.
struct Moment {
    base::Instant now;
    base::WallTime wall;
};
Moment this_moment();

// A file that is cut short, changed, or of another version.
struct Damaged : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Snapshot {
    struct Entry {
        Subject subject;
        Record::Kept kept;
    };
    base::WallTime written{};
    base::HashKey key{};
    std::vector<Entry> entries;  // in terms of the moment that parse() was given

    // Throws Damaged.
    static Snapshot parse(std::string_view text, const Moment& at);
    // Puts its records into a table made with its key.
    void fill(Table& table, base::Instant now) const;
};

std::string snapshot_of(const Table& table, const Rules& rules, const Moment& at);

// The file's name in data_directory.
inline constexpr const char* snapshot_file = "relay-health";

// Writes the file by rename, mode 0600, without waiting for the disk. Throws base::SystemError.
void write_snapshot(const std::string& path, std::string_view text);
// The file's content; "" when there is none. Throws base::SystemError.
std::string read_snapshot(const std::string& path);

}  // namespace health
