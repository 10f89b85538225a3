// Request is what a command line of sendmail asks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sendmail {

enum class Mode { deliver, list_queue, make_aliases, start, smtp, flush, ignore };

struct Request {
    Mode mode = Mode::deliver;
    std::optional<std::string> config_directory;
    std::vector<std::string> recipients;  // as given; each may be a list of addresses

    std::optional<std::string> sender;     // -f
    std::optional<std::string> full_name;  // -F
    bool from_headers = false;             // -t
    bool dot_ends = true;                  // not -i
    bool eight_bit = false;                // -B 8BITMIME
    bool gateway = false;                  // -G
    unsigned notify = 0;                   // -N: bits of mail::Recipient::notify; 0: not said
    std::string envelope_id;               // -V
    std::string ret;                       // -R: "1" full, "2" headers
    std::optional<std::string> verp;       // -XV: the delimiters; "" for the usual ones
    bool requires_tls = false;             // -O requiretls=yes
    unsigned verbose = 0;                  // how many -v
    bool probe = false;                    // -bv

    // A report of the delivery is asked for.
    bool reports() const { return probe || verbose == 1; }

    std::string alias_file;                    // -oA
    std::vector<std::string> queue_arguments;  // of postqueue, for Mode::flush

    // `name` is how the program was called. Ends the process with a fatal line on bad options.
    static Request parse(int argc, char** argv, std::string_view name);
};

// The status of everything that goes wrong before a message is handed over: try again later.
inline constexpr int try_later = 75;  // EX_TEMPFAIL

}  // namespace sendmail
