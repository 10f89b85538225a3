#include "tests/unit/smtpd/dialogue.h"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "lib/base/text.h"
#include "lib/mail/address.h"
#include "lib/tls/handshake.h"

namespace smtpd_test {

namespace {

// '*' in `pattern` stands for one word.
bool matches(std::string_view got, std::string_view pattern) {
    auto star = pattern.find('*');
    if (star == pattern.npos)
        return got == pattern;
    if (got.substr(0, star) != pattern.substr(0, star))
        return false;
    got.remove_prefix(star);
    auto end = std::min(got.find_first_of(" \r"), got.size());
    return end > 0 && matches(got.substr(end), pattern.substr(star + 1));
}

size_t lines_in(std::string_view text) {
    return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

rewrite::Options rewriting() {
    rewrite::Options options;
    options.myorigin = "example.com";
    return options;
}

// How a client goes about TLS.
struct ClientTls {
    const tls::ClientContext* context;
    bool from_start;
};

io::Task<void> start_tls(io::Stream& client, const ClientTls& how) {
    tls::Wish wish;
    std::unique_ptr<io::Wire> plain = client.release_wire();
    tls::Handshake made = co_await tls::connect(std::move(plain), *how.context, wish, io::never);
    if (!made.wire)
        throw io::Closed("handshake: " + made.error);
    client = io::Stream(std::move(made.wire));
}

io::Task<void> play(io::Stream& client, const Steps& steps, size_t length, const ClientTls& tls) {
    if (tls.from_start)
        co_await start_tls(client, tls);
    for (const Step& step : steps) {
        std::string_view send = std::string_view(step.send).substr(0, length);
        length -= send.size();
        client.put(send);
        co_await client.flush();
        if (length == 0)
            co_return;
        std::string got;
        for (size_t left = lines_in(step.expect); left > 0; --left) {
            std::optional<std::string_view> line = co_await client.line(4096);
            if (!line)
                break;
            got.append(*line);
        }
        EXPECT_PRED2(matches, got, step.expect) << "in answer to: " << step.send.substr(0, 200);
        if (tls.context != nullptr && got == "220 2.0.0 Ready to start TLS\r\n")
            co_await start_tls(client, tls);
    }
    client.wire().finish_writing();
    std::optional<std::string_view> more = co_await client.line(4096);
    EXPECT_FALSE(more) << *more;
}

// Play, and close however that ends.
io::Task<void> client_side(std::unique_ptr<io::Wire> wire, const Steps& steps, size_t length,
                           ClientTls tls) {
    io::Stream client(std::move(wire));
    client.limit(std::chrono::seconds(20));
    co_await play(client, steps, length, tls);
}

}  // namespace

Judgement::Judgement(const std::string& main_cf, smtpd::Policy::FindRoute route)
    : settings(config::Settings::from(
          config::MainCf::parse(main_cf + "\ncompatibility_level = 3.6\n", "main.cf"), "/")),
      tables(settings, &no_users),
      policy(settings, {tables, resolver, std::move(route)}) {}

io::Task<smtpd::Destination> anywhere(std::string, std::string recipient) {
    smtpd::Destination to;
    to.known = true;
    to.recipient = std::move(recipient);
    co_return to;
}

Dialogue::Dialogue() : info_(testing::UnitTest::GetInstance()->current_test_info()) {
    setenv("TZ", "UTC", 1);
    log_file_ = base::text("/tmp/smtpd-test-log.", getpid(), '.', info_->name());
    std::replace(log_file_.begin() + 5, log_file_.end(), '/', '-');
    base::log::Options log;
    log.program = "smtpd";
    log.postlog_socket = "/nonexistent/socket";
    log.file_when_absent = log_file_;
    base::log::open(log);
    options.myhostname = options.cleanup.myhostname = "mx.example.com";
    options.cleanup.myorigin = "example.com";
    options.banner = "mx.example.com ESMTP Postfix";
    options.message_size_limit = spool_options.message_limit = 10000;
    options.error_sleep_time = std::chrono::seconds(0);
    spool_options.queue_directory = "/q";
    spool_options.segment_size = 256 << 10;
    spool_options.pool_min = 0;
}

Dialogue::~Dialogue() {
    writer_.reset();
    base::log::Options aloud;
    aloud.only_stderr = true;
    base::log::open(aloud);
    unlink(log_file_.c_str());
}

io::Task<smtpd::Destination> Dialogue::route(std::string recipient) const {
    smtpd::Destination to;
    to.known = !unroutable.contains(recipient);
    auto known = domains.find(std::string(mail::domain_of(recipient)));
    if (known != domains.end())
        to.address_class = known->second;
    auto special = transports.find(recipient);
    if (special != transports.end())
        std::tie(to.transport, to.nexthop) = special->second;
    to.hides_route = mail::local_of(recipient).find_first_of("@%") != std::string_view::npos;
    to.recipient = std::move(recipient);
    co_return to;
}

io::Task<void> Dialogue::both_sides(const Steps& steps, size_t length) {
    auto routes = [this](std::string, std::string to) { return route(std::move(to)); };
    Judgement judged(main_cf, routes);
    judged.resolver.answers = resolver.answers;
    const smtpd::Policy& policy = judged.policy;
    if (!writer_)
        writer_ = std::make_unique<spool::Writer>(spool_options, disk);
    cleanup::Mappings mappings(rewriting());
    smtpd::Shared shared{options, policy, mappings, *writer_, [this] { ++rung; }, hurry};
    shared.tls = server_tls;
    shared.logins = logins;
    auto wires = io::wire_pair();
    io::Scope scope;
    // The client first, so that it can be too early.
    ClientTls tls{client_tls, options.tls.from_start};
    scope.spawn(client_side(std::move(wires.second), steps, length, tls));
    smtpd::Client peer = policy.client(client_address, 4711);
    if (!client_name.empty()) {
        peer.name = peer.reverse_name = client_name;
        peer.name_state = peer.reverse_state = smtpd::NameState::ok;
    }
    scope.spawn(smtpd::converse(shared, std::move(wires.first), std::move(peer)));
    co_await scope.join();
}

void Dialogue::talk_raw(const Steps& steps) {
    io::run_task(both_sides(steps, std::string::npos));
}

void Dialogue::talk(const Steps& steps) {
    Steps all = {{"", greeting}, {"EHLO client.example\r\n", capabilities}};
    all.insert(all.end(), steps.begin(), steps.end());
    talk_raw(all);
}

void Dialogue::break_off(const Steps& steps, size_t length) {
    io::run_task(both_sides(steps, length));
}

std::vector<Stored> Dialogue::stored() {
    if (writer_)
        io::run_task(writer_->close());
    writer_.reset();
    std::vector<Stored> found;
    for (const spool::SegmentInfo& info : spool::Pool(spool_options, disk).segments()) {
        if (info.state == spool::SegmentState::free)
            continue;
        spool::Reader reader(spool_options, info.number, disk);
        EXPECT_TRUE(reader.take_over());
        while (auto record = reader.next()) {
            auto content = spool::Content::open(disk, spool_options.queue_directory, record->ref);
            std::string bytes(content.size(), '\0');
            bytes.resize(content.read(bytes, 0));
            found.push_back({record->envelope, bytes});
        }
    }
    return found;
}

std::string Dialogue::logged() {
    base::log::drain(base::Duration(0));
    std::ifstream file(log_file_);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace smtpd_test
