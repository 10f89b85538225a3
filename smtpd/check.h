// Check is the judging of one command of a session by lists of restrictions (access(5)).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dict/table.h"
#include "lib/io/task.h"
#include "lib/mail/reply.h"
#include "smtpd/destination.h"

namespace smtpd {

class Check;
class Policy;
struct Session;

// What a restriction says. After `permit` and `reject` the rest of its list is not asked.
enum class Verdict : uint8_t { dunno, permit, reject };

struct Refusal {
    int code = 0;
    std::string dsn;  // "5.7.1"; its class follows the code
    std::string text;
    bool trouble = false;  // of our own making: warn_if_reject does not soften it
};

struct Rule;
using Rules = std::vector<Rule>;

// A restriction as configured; one of `decide` and `look_up`, or the rules of a class, which the
// RuleBook owns.
struct Rule {
    Verdict (*decide)(Check&, const Rule&) = nullptr;
    io::Task<Verdict> (*look_up)(Check&, const Rule&) = nullptr;
    std::string name;
    std::string argument;
    std::vector<std::string> search = {};  // of check_ccert_access: what is looked up, in order
    dict::Table* table = nullptr;
    const Rules* inner = nullptr;
};

// What is judged, as replies name it: "<name>: kind rejected: …".
struct Subject {
    std::string name;       // "user@example.com", "unknown[192.0.2.1]"
    std::string_view kind;  // one of those below
};

namespace kinds {
inline constexpr std::string_view client = "Client host";
inline constexpr std::string_view reverse_client = "Unverified Client host";
inline constexpr std::string_view certificate = "Client certificate";
inline constexpr std::string_view login = "SASL login name";
inline constexpr std::string_view helo = "Helo command";
inline constexpr std::string_view sender = "Sender address";
inline constexpr std::string_view recipient = "Recipient address";
inline constexpr std::string_view data = "Data command";
inline constexpr std::string_view end_of_data = "End-of-data";
inline constexpr std::string_view etrn = "Etrn command";
}  // namespace kinds

// What earlier stages of a session leave to later ones.
struct AccessMemory {
    std::optional<Refusal> after_client, after_helo, after_sender;  // deferred if permitted
};

// An address as replies name it: the local part without its quotes.
std::string unquoted(std::string_view address);
// "<name>: kind rejected: why"
std::string told(const Subject& subject, std::string_view why);

class Check {
  public:
    Check(Session& session, const Policy& policy) : session_(session), policy_(policy) {}
    Check(const Check&) = delete;
    Check& operator=(const Check&) = delete;

    // Asks `rules` in order about `subject`. The reply of a reject is in reply().
    io::Task<Verdict> apply(const Rules& rules, Subject subject);
    const std::optional<mail::Reply>& reply() const { return reply_; }

    // For restrictions, what they may conclude. Each logs what it does; while warn_if_reject holds,
    // a refusal is only logged.
    Verdict reject(Refusal refusal);
    Verdict reject(const Subject& subject, int code, std::string_view dsn, std::string_view why);
    Verdict defer_if_permit(Refusal refusal);
    Verdict defer_if_reject(Refusal refusal);
    Verdict lookup_trouble(std::string_view address);  // a table or the router is in trouble
    Verdict misconfigured();
    void log(std::string_view what, std::string_view text) const;
    // Permits, and logs that where smtpd_log_access_permit_actions has `action`. `table`: where the
    // action is from, or "".
    io::Task<Verdict> permit(std::string_view action, const Subject& subject,
                             std::string_view table);

    Session& session() const { return session_; }
    const Policy& policy() const { return policy_; }
    // What the list is about; restrictions with a subject of their own name that.
    const Subject& subject() const { return subject_; }
    bool only_warns() const { return only_warns_; }

    // The message will be thrown away: nothing more is asked about it.
    bool discarded() const;
    // Where mail to `address` goes; asked once.
    io::Task<Destination> route(std::string address);
    // Whether the local part names a further host ("user%host@domain", "\"user@host\"@domain"),
    // which might send the mail on to anybody.
    bool hides_route(const Destination& to) const;
    // Rules that a table gave about `subject`.
    io::Task<Verdict> apply_result(const Rules& rules, const Subject& subject);

    // As the client gave them; none before its command.
    std::optional<std::string> sender, recipient;
    size_t recipients = 0;  // accepted ones of the transaction
    std::optional<Refusal> if_permitted, if_rejected;
    // Whether it was asked already if they exist.
    bool sender_listed = false, recipient_listed = false;

  private:
    io::Task<Verdict> ask(const Rules& rules);
    io::Task<Verdict> ask_one(const Rule& rule);

    Session& session_;
    const Policy& policy_;
    Subject subject_;
    std::optional<mail::Reply> reply_;
    std::map<std::string, Destination> routes_;
    bool only_warns_ = false;
    int depth_ = 0;  // of rules that tables gave
};

}  // namespace smtpd
