// Mangled bytes on the wire and in files: a handshake is made or fails, a file is read or refused.
#include "tests/unit/mangled.h"
#include "lib/tls/pem.h"
#include "tests/unit/lib/tls/world.h"

namespace {

constexpr std::string_view bytes{"\0\1\2\3\x14\x16\x17\x7f\x80\xff\n-=A", 15};

// Passes on what comes the other way, the first `changed` pieces of it mangled.
class ManglingWire : public io::Wire {
  public:
    ManglingWire(std::unique_ptr<io::Wire> below, std::mt19937& random, int changed)
        : below_(std::move(below)), random_(random), changed_(changed) {}
    ssize_t try_read(std::span<char> into) override {
        ssize_t n = below_->try_read(into.first(std::min<size_t>(into.size(), 16'000)));
        if (n <= 0 || changed_-- <= 0)
            return n;
        std::string text =
            mangling::mangled({into.data(), static_cast<size_t>(n)}, bytes, 3, random_);
        std::copy(text.begin(), text.end(), into.begin());
        return static_cast<ssize_t>(text.size());
    }
    ssize_t try_write(std::string_view text) override { return below_->try_write(text); }
    io::Readiness::Waiting readable(io::Instant deadline) override {
        return below_->readable(deadline);
    }
    io::Readiness::Waiting writable(io::Instant deadline) override {
        return below_->writable(deadline);
    }
    void finish_writing() override { below_->finish_writing(); }

  private:
    std::unique_ptr<io::Wire> below_;
    std::mt19937& random_;
    int changed_;
};

struct MangledTls : trial::World {};

TEST_F(MangledTls, HandshakesAreMadeOrFail) {
    std::mt19937 random(5);
    int failed = 0;
    server(std::string(trial::good_key) + trial::good,
           "smtpd_tls_ask_ccert = yes\nsmtpd_tls_protocols = >=TLSv1.2");
    for (int round = 0; round < 60; ++round) {
        client(round % 2 == 0 ? "" : "smtp_tls_protocols = TLSv1.2");
        auto [here, there] = io::wire_pair();
        near = tls::Handshake();
        far = tls::Handshake();
        io::Scope scope;
        bool to_server = round % 4 < 2;
        scope.spawn(
            trial::dial(std::make_unique<ManglingWire>(std::move(here), random, to_server ? 0 : 2),
                        *client_context, near));
        scope.spawn(trial::answer(
            std::make_unique<ManglingWire>(std::move(there), random, to_server ? 2 : 0),
            *server_context, far));
        loop.run_until_idle();
        scope.cancel();
        loop.run_until_idle();
        failed += near.wire && far.wire ? 0 : 1;
        near.wire.reset();
        far.wire.reset();
    }
    EXPECT_GT(failed, 30);
}

TEST(MangledPem, IsReadOrRefused) {
    std::mt19937 random(6);
    std::string text = std::string(trial::good_key) + trial::good + trial::ca;
    int refused = 0;
    for (int round = 0; round < 200; ++round) {
        std::string changed = mangling::mangled(text, bytes, 4, random);
        try {
            tls::read_chains(changed);
            tls::read_trust_anchors(changed);
        } catch (const tls::PemError& error) {
            EXPECT_FALSE(error.reason.empty());
            ++refused;
        }
    }
    EXPECT_GT(refused, 50);
}

}  // namespace
