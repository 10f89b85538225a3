// Verifier asks whether clients are who they say they are: Dovecot's auth service, or the Cyrus
// library.
//
// Base64 text goes through as the client sent it or is to get it; what stands between is nobody
// else's business, and is in no log.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/time.h"
#include "lib/config/settings.h"
#include "lib/io/task.h"

namespace sasl {

// What a mechanism is like, as a set of bits.
namespace property {
enum : unsigned {
    plaintext = 1,   // shows the password to who listens
    active = 2,      // may be broken by who stands between
    dictionary = 4,  // may be broken by who guesses
    anonymous = 8,   // lets in whoever comes
    forward_secrecy = 16,
    mutual_auth = 32,  // the server proves who it is, too
};
}

struct Offer {
    std::string name;  // "PLAIN", in capitals
    unsigned properties = 0;
    bool operator==(const Offer&) const = default;
};
using Offers = std::vector<Offer>;

// What smtpd_sasl_security_options demand of a mechanism.
struct Demands {
    unsigned unwanted = 0;  // properties
    unsigned needed = 0;

    // Of the words "noplaintext", "forward_secrecy" … in the value of `parameter`. Throws
    // config::Error that names file, line, parameter and word.
    static Demands of(const config::Settings& settings, std::string_view parameter);
    bool met_by(const Offer& mechanism) const {
        return (mechanism.properties & unwanted) == 0 && (mechanism.properties & needed) == needed;
    }
    auto operator<=>(const Demands&) const = default;
};

// The client, and the address that it came to.
struct Peer {
    std::string address, port;
    std::string own_address, own_port;  // "" where they are not known
    bool encrypted = false;
    bool certified = false;  // it has shown a certificate of somebody who is trusted
    Demands demands;
};

// What clients and the log are told while nobody can be asked. fail2ban knows it: nobody is locked
// out for it.
inline constexpr std::string_view connection_lost = "Connection lost to authentication server";

// How one login has got on.
struct Step {
    enum State : uint8_t {
        challenge,  // the client is to answer `text`
        done,       // it is `user`
        failed,     // it is not; `text` may say why
        trouble,    // nobody can say now
    };
    Step(State how, std::string_view what, std::string_view who = {})
        : state(how), text(what), user(who) {}

    State state;
    std::string text;
    std::string user;  // for `failed`: whom it wanted to be, where that is known
};

// One login, step by step. Destroying it breaks it off.
class Exchange {
  public:
    virtual ~Exchange() = default;
    // `initial` is the response that came with AUTH; "=" stands for an empty one.
    virtual io::Task<Step> start(std::string mechanism, std::optional<std::string> initial) = 0;
    virtual io::Task<Step> answer(std::string response) = 0;
};

class Verifier {
  public:
    virtual ~Verifier() = default;

    // Serves the others of these; ends when its scope is cancelled.
    virtual io::Task<void> run() = 0;
    // What can be offered to a client with these demands, which may be nothing; none while nobody
    // could be asked yet.
    virtual io::Task<std::optional<Offers>> mechanisms(Demands demands) = 0;
    // How a login by a mechanism that is not offered to a client with these demands fails.
    virtual io::Task<Step> not_offered(std::string mechanism, Demands demands) = 0;
    // The server outlives it.
    virtual std::unique_ptr<Exchange> begin(Peer peer) = 0;
};

// What smtpd_sasl_… of main.cf say.
struct VerifierOptions {
    std::string type;         // "dovecot", "cyrus"
    std::string path;         // the socket, or the name of the library's configuration
    std::string config_path;  // where that is looked for
    std::string service;      // "smtp"
    std::string realm;        // of users without one; "" for none
    std::string myhostname;
    size_t threads = 4;         // that ask the Cyrus library
    size_t queue_limit = 1000;  // logins that may wait for them
    base::Duration time_limit = std::chrono::seconds(30);

    static VerifierOptions from(const config::Settings& settings);
};

// The types that there are, in the order of postconf -a.
std::vector<std::string> verifier_types();
// Throws config::Error where smtpd_sasl_type is none of them.
void check_type(const config::Settings& settings);
// Reads and opens what needs privileges. Throws config::Error where the type is none or what it
// needs is not there.
std::unique_ptr<Verifier> make_verifier(const config::Settings& settings);

}  // namespace sasl
