// ReloadMark is what master says of its reloads to those who asked for one and wait for it.
//
// Who asks reads the mark, signals master, and waits until a reload that began after that is over:
// `ended` is then greater than `begun` was.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ipc {

struct ReloadMark {
    uint64_t begun = 0;  // reloads since master started
    uint64_t ended = 0;  // the last of them that is over: no process takes work by older settings
    bool taken = true;   // that one's settings hold; else master went on with those from before

    std::string encode() const;
    // None for anything else than encode() makes.
    static std::optional<ReloadMark> decode(std::string_view text);
    // None where there is no such file, or none that can be read.
    static std::optional<ReloadMark> read(const std::string& queue_directory);
    // Replaces the file below the working directory, which is queue_directory. Throws
    // base::SystemError.
    void write() const;

    bool operator==(const ReloadMark&) const = default;
};

// Below queue_directory.
inline constexpr const char* reload_mark_file = "pid/master.reloads";

}  // namespace ipc
