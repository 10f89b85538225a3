// Staffing decides how many processes a service needs now; it knows numbers only.
//
// Three kinds of service. A standing one (smtpd, qmgr, postlogd) always has all its processes. One
// on demand gets a process when a client waits and no process is free, or when a relay is to be
// probed and there is no process at all. At a reload the processes of
// the new generation start first, and the old ones are sent away when the new are ready; only where
// there may be just one process in all does the old one go first.
#pragma once

#include <cstddef>

namespace master {

struct Headcount {
    bool standing = false;
    size_t most = 0;       // processes of one generation; 0: any number
    bool alone = false;    // never two at a time, not even of two generations
    size_t starting = 0;   // of this generation: not ready yet
    size_t available = 0;  // of this generation: ready, with room for a client
    size_t busy = 0;       // of this generation: ready and full
    size_t old = 0;        // of earlier generations that still accept
    size_t leaving = 0;    // told to leave, or leaving of their own accord
    bool client_waits = false;
    bool relay_waits = false;  // one in trouble that nobody probes

    size_t present() const { return starting + available + busy; }
};

// How many processes to start now.
size_t to_start(const Headcount& count);
// Whether the old generation is to be sent away now.
bool hand_over(const Headcount& count);
// Whether a client waits that nobody will serve until a process has room again.
bool at_limit(const Headcount& count);

// What of `limit` sessions falls to process `slot` of `processes`; 0 stays 0, any number.
size_t session_share(size_t limit, size_t processes, size_t slot);

}  // namespace master
