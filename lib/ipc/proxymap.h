// What is asked of the proxymap service, and the one who asks.
//
// A connection carries one question at a time: a frame with the question, a frame with the answer.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dict/table.h"
#include "lib/io/semaphore.h"
#include "lib/io/stream.h"

namespace ipc {

enum class ProxymapFrame : uint8_t { question = 1, answer = 2 };

struct ProxymapQuestion {
    std::string table;  // "type:name"
    std::string key;
    dict::Key kind = dict::Key::whole;
    dict::Use use;  // of the parameter that names the table

    std::string encode() const;
    // Throws base::DecodeError.
    static ProxymapQuestion decode(std::string_view payload);
    bool operator==(const ProxymapQuestion&) const = default;
};

std::string encode_lookup(const dict::Lookup& lookup);
// Throws base::DecodeError.
dict::Lookup decode_lookup(std::string_view payload);

// Asks over connections of its own, which are kept for a moment after each answer. A proxymap that
// is away, too slow or in trouble means retry.
class ProxyClient : public dict::Proxy {
  public:
    // `limit`: how long one question may take.
    explicit ProxyClient(std::string socket, base::Duration limit = std::chrono::seconds(100));

    io::Task<dict::Lookup> ask(const std::string& table, std::string_view key, dict::Key kind,
                               dict::Use use) override;
    void limit(base::Duration limit) { limit_ = limit; }
    // Closes connections that were not used for a while; to be called now and then.
    void tidy();

  private:
    struct Idle {
        std::unique_ptr<io::Stream> stream;
        base::Instant since;
    };

    io::Task<dict::Lookup> ask_over(std::unique_ptr<io::Stream> stream, std::string question,
                                    base::Instant until);
    io::Task<dict::Lookup> ask_anew(std::string question, base::Instant until);
    io::Task<dict::Lookup> ask_within(std::string question, base::Instant until);

    std::string socket_;
    base::Duration limit_;
    std::vector<Idle> idle_;
    io::Semaphore permits_;
};

}  // namespace ipc
