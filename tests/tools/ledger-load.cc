// A client that keeps a ledger: sends messages with unique X-Ledger headers over many connections
// at once, remembers which got their 250, reconnects when a connection is lost.
//
//     ledger-load ADDRESS:PORT FILE [--sessions N] [--messages N | --seconds S] [--size BYTES]
//                 [--prefix TEXT] [--per-session N] [--recipients N] [--progress]
//
// FILE gets a line `ID` for each message that got its 250. A line of figures ends the output:
// `accepted N refused N lost N connects N seconds S slowest S`; --progress prints one each second
// (`second N accepted N`). "lost" is a message whose fate the client does not know.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Gone : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Options {
    std::string target, file, prefix = "m";
    unsigned sessions = 20, per_session = 100, recipients = 1;
    unsigned long messages = 0;
    double seconds = 0;
    size_t size = 4096;
    bool progress = false;
};

struct Figures {
    std::atomic<unsigned long> next{0}, accepted{0}, refused{0}, lost{0}, connects{0};
    std::mutex mutex;
    std::vector<std::string> ids;
    std::map<int, unsigned long> refusals;
    double slowest = 0;
};

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

class Conversation {
  public:
    explicit Conversation(const std::string& target) {
        const size_t colon = target.rfind(':');
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<uint16_t>(atoi(target.c_str() + colon + 1)));
        inet_pton(AF_INET, target.substr(0, colon).c_str(), &address.sin_addr);
        fd_ = socket(AF_INET, SOCK_STREAM, 0);
        const timeval limit{60, 0};
        setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        const int on = 1;
        setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) {
            close(fd_);
            throw Gone("connect");
        }
    }
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;
    ~Conversation() { close(fd_); }

    void say(const std::string& text) {
        size_t sent = 0;
        while (sent < text.size()) {
            const ssize_t n = send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
            if (n <= 0) {
                throw Gone("send");
            }
            sent += static_cast<size_t>(n);
        }
    }

    int reply() {
        for (;;) {
            size_t end = 0;
            while ((end = in_.find('\n')) == std::string::npos) {
                char buffer[4096];
                const ssize_t n = read(fd_, buffer, sizeof buffer);
                if (n <= 0) {
                    throw Gone("read");
                }
                in_.append(buffer, static_cast<size_t>(n));
            }
            const std::string line = in_.substr(0, end);
            in_.erase(0, end + 1);
            if (line.size() < 4 || line[3] != '-') {
                return atoi(line.c_str());
            }
        }
    }

  private:
    int fd_ = -1;
    std::string in_;
};

class Sender {
  public:
    Sender(const Options& options, Figures& figures, Clock::time_point start)
        : options_(options), figures_(figures), start_(start) {
        while (body_.size() < options.size) {
            body_ += std::string(70, 'x') + "\r\n";
        }
        mail_ = "MAIL FROM:<sender@example.com>\r\n";
        for (unsigned i = 0; i < options.recipients; ++i) {
            mail_ += "RCPT TO:<r" + std::to_string(i) + "@example.net>\r\n";
        }
        mail_ += "DATA\r\n";
    }

    void run() {
        while (due()) {
            try {
                ++figures_.connects;
                session();
            } catch (const Gone&) {
                usleep(20000);
            }
        }
        const std::lock_guard<std::mutex> lock(figures_.mutex);
        figures_.ids.insert(figures_.ids.end(), ids_.begin(), ids_.end());
        figures_.slowest = std::max(figures_.slowest, slowest_);
        for (auto [code, count] : refusals_) {
            figures_.refusals[code] += count;
        }
    }

  private:
    bool due() const {
        return options_.messages > 0 ? figures_.next < options_.messages
                                     : since(start_) < options_.seconds;
    }

    void session() {
        Conversation talk(options_.target);
        if (talk.reply() != 220) {
            throw Gone("greeting");
        }
        talk.say("EHLO load.example\r\n");
        if (talk.reply() != 250) {
            throw Gone("EHLO");
        }
        for (unsigned i = 0; i < options_.per_session && due(); ++i) {
            const unsigned long n = figures_.next++;
            if (options_.messages > 0 && n >= options_.messages) {
                break;
            }
            message(talk, options_.prefix + "." + std::to_string(n));
        }
        talk.say("QUIT\r\n");
        talk.reply();
    }

    void message(Conversation& talk, const std::string& id) {
        const Clock::time_point begun = Clock::now();
        int code = 0;
        try {
            talk.say(mail_);
            for (unsigned i = 0; i < options_.recipients + 2; ++i) {
                code = talk.reply();
                if (code >= 400) {
                    refuse(code);
                    throw Gone("refused");
                }
            }
            talk.say("From: sender@example.com\r\nSubject: ledger\r\nX-Ledger: " + id + "\r\n\r\n" +
                     body_ + ".\r\n");
            code = talk.reply();
        } catch (const Gone&) {
            figures_.lost += code >= 400 ? 0 : 1;
            throw;
        }
        slowest_ = std::max(slowest_, since(begun));
        if (code / 100 != 2) {
            refuse(code);
            return;
        }
        ids_.push_back(id);
        ++figures_.accepted;
    }

    void refuse(int code) {
        ++figures_.refused;
        ++refusals_[code];
    }

    const Options& options_;
    Figures& figures_;
    Clock::time_point start_;
    std::string body_, mail_;
    std::vector<std::string> ids_;
    std::map<int, unsigned long> refusals_;
    double slowest_ = 0;
};

Options parse(int argc, char** argv) {
    Options o;
    o.target = argv[1];
    o.file = argv[2];
    for (int i = 3; i < argc; ++i) {
        const std::string name = argv[i];
        if (name == "--progress") {
            o.progress = true;
            continue;
        }
        const char* value = i + 1 < argc ? argv[++i] : "";
        if (name == "--sessions") {
            o.sessions = static_cast<unsigned>(atoi(value));
        } else if (name == "--messages") {
            o.messages = strtoul(value, nullptr, 10);
        } else if (name == "--seconds") {
            o.seconds = atof(value);
        } else if (name == "--size") {
            o.size = strtoul(value, nullptr, 10);
        } else if (name == "--prefix") {
            o.prefix = value;
        } else if (name == "--per-session") {
            o.per_session = static_cast<unsigned>(atoi(value));
        } else if (name == "--recipients") {
            o.recipients = static_cast<unsigned>(atoi(value));
        } else {
            fprintf(stderr, "ledger-load: unknown option %s\n", name.c_str());
            exit(2);
        }
    }
    return o;
}

void show_progress(const Figures& figures, const std::atomic<bool>& over) {
    unsigned long before = 0;
    for (unsigned second = 1; !over; ++second) {
        for (int i = 0; i < 20 && !over; ++i) {
            usleep(50000);
        }
        const unsigned long now = figures.accepted;
        printf("second %u accepted %lu\n", second, now - before);
        fflush(stdout);
        before = now;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: ledger-load ADDRESS:PORT FILE [options]\n");
        return 2;
    }
    const Options options = parse(argc, argv);
    Figures figures;
    const Clock::time_point start = Clock::now();
    std::atomic<bool> over{false};
    std::thread progress;
    if (options.progress) {
        progress = std::thread([&] { show_progress(figures, over); });
    }
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < options.sessions; ++i) {
        threads.emplace_back([&] { Sender(options, figures, start).run(); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    const double took = since(start);
    over = true;
    if (progress.joinable()) {
        progress.join();
    }
    std::ofstream file(options.file);
    for (const std::string& id : figures.ids) {
        file << id << '\n';
    }
    file.close();
    for (auto [code, count] : figures.refusals) {
        printf("refused with %d: %lu\n", code, count);
    }
    printf("accepted %lu refused %lu lost %lu connects %lu seconds %.2f slowest %.3f\n",
           figures.accepted.load(), figures.refused.load(), figures.lost.load(),
           figures.connects.load(), took, figures.slowest);
    return file ? 0 : 1;
}
