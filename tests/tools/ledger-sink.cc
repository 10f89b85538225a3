// A relay that keeps a ledger: which X-Ledger header came on which connection, and how that ended.
//
//     ledger-sink ADDRESS:PORT FILE [--delay-ms N]
//
// FILE gets a line for each message before its 250 is sent: `mail ID CONNECTION SECONDS`, and one
// for each connection when it is over: `end CONNECTION quit|cut`. A thread for each connection,
// blocking sockets: nothing here is shared with the code under test.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

struct Gone : std::runtime_error {
    using std::runtime_error::runtime_error;
};

int ledger = -1;
unsigned delay_ms = 0;

void record(const std::string& line) {
    if (write(ledger, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        perror("ledger-sink: write");
        _exit(1);
    }
}

double seconds() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

class Connection {
  public:
    Connection(int fd, unsigned number) : fd_(fd), number_(number) {}
    ~Connection() { close(fd_); }

    void serve() {
        const char* how = "cut";
        try {
            reply("220 sink ESMTP\r\n");
            while (command(line())) {
            }
            how = "quit";
        } catch (const Gone&) {
        }
        record("end " + std::to_string(number_) + " " + how + "\n");
    }

  private:
    bool command(const std::string& text) {
        std::string verb = text.substr(0, text.find_first_of(" :\r\n"));
        for (char& c : verb) {
            c = static_cast<char>(toupper(c));
        }
        if (verb == "EHLO") {
            reply(
                "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 104857600\r\n"
                "250-ENHANCEDSTATUSCODES\r\n250 CHUNKING\r\n");
        } else if (verb == "DATA") {
            reply("354 go on\r\n");
            take(data());
        } else if (verb == "BDAT") {
            bdat(text);
        } else if (verb == "QUIT") {
            reply("221 2.0.0 bye\r\n");
            flush();
            return false;
        } else {
            reply("250 2.0.0 ok\r\n");
        }
        return true;
    }

    void bdat(const std::string& text) {
        const size_t size = strtoul(text.c_str() + 4, nullptr, 10);
        while (in_.size() < size) {
            fill();
        }
        content_ += in_.substr(0, size);
        in_.erase(0, size);
        if (text.find("LAST") == std::string::npos) {
            reply("250 2.0.0 chunk\r\n");
        } else {
            take(std::move(content_));
            content_.clear();
        }
    }

    void take(const std::string& content) {
        const size_t at = content.find("X-Ledger: ");
        std::string id = "none";
        if (at != std::string::npos) {
            id = content.substr(at + 10, content.find_first_of("\r\n", at) - at - 10);
        }
        if (delay_ms > 0) {
            flush();
            usleep(delay_ms * 1000);
        }
        char when[32];
        snprintf(when, sizeof when, "%.6f", seconds());
        record("mail " + id + " " + std::to_string(number_) + " " + when + "\n");
        reply("250 2.0.0 taken\r\n");
    }

    std::string data() {
        size_t from = 0;
        while (in_.size() < 3) {
            fill();
        }
        if (in_.compare(0, 3, ".\r\n") == 0) {
            in_.erase(0, 3);
            return {};
        }
        for (;;) {
            const size_t end = in_.find("\r\n.\r\n", from);
            if (end != std::string::npos) {
                std::string content = in_.substr(0, end + 2);
                in_.erase(0, end + 5);
                return content;
            }
            from = in_.size() < 4 ? 0 : in_.size() - 4;
            fill();
        }
    }

    std::string line() {
        size_t end = 0;
        while ((end = in_.find('\n')) == std::string::npos) {
            fill();
        }
        std::string text = in_.substr(0, end + 1);
        in_.erase(0, end + 1);
        return text;
    }

    void fill() {
        flush();
        char buffer[65536];
        const ssize_t n = read(fd_, buffer, sizeof buffer);
        if (n <= 0) {
            throw Gone("input is over");
        }
        in_.append(buffer, static_cast<size_t>(n));
    }

    void reply(const char* text) { out_ += text; }

    void flush() {
        size_t sent = 0;
        while (sent < out_.size()) {
            const ssize_t n = send(fd_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
            if (n <= 0) {
                throw Gone("output is over");
            }
            sent += static_cast<size_t>(n);
        }
        out_.clear();
    }

    int fd_;
    unsigned number_;
    std::string in_, out_, content_;
};

int listen_on(const std::string& where) {
    const size_t colon = where.rfind(':');
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(atoi(where.c_str() + colon + 1)));
    inet_pton(AF_INET, where.substr(0, colon).c_str(), &address.sin_addr);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0 ||
        listen(fd, 1024) < 0) {
        perror(("ledger-sink: " + where).c_str());
        exit(1);
    }
    return fd;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: ledger-sink ADDRESS:PORT FILE [--delay-ms N]\n");
        return 2;
    }
    if (argc == 5 && strcmp(argv[3], "--delay-ms") == 0) {
        delay_ms = static_cast<unsigned>(atoi(argv[4]));
    }
    ledger = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const int listening = listen_on(argv[1]);
    for (unsigned number = 1;; ++number) {
        const int fd = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) {
            usleep(10000);
            continue;
        }
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        std::thread([fd, number] { Connection(fd, number).serve(); }).detach();
    }
}
