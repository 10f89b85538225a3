// Scripted servers, in memory.
//
// A server plays one script for each connection:
//     "C MAIL FROM:<a"   reads a line that must begin so
//     "S 250 ok"         sends a line (sent with what follows it, when the server next reads)
//     "D"                reads content up to the final dot
//     "W"                reads content as it comes, 1000 bytes each 100 seconds
//     "B"                reads "BDAT n [LAST]" with its chunk
//     "Z"                says nothing more, and waits for the client to go
//     "E"                the client must close now
//     "R text"           sends bytes as they are
//     "T text"           sends bytes as they are, one each 100 seconds
//     "Y"                shakes hands for TLS as a server, and goes on under it
//     "X"                closes
#pragma once

#include <string>
#include <vector>

#include "lib/base/text.h"
#include "lib/io/sleep.h"
#include "lib/io/stream.h"
#include "lib/tls/handshake.h"

namespace smtp_test {

using namespace std::chrono_literals;
using Script = std::vector<std::string>;

struct Heard {
    std::vector<std::string> commands;
    std::vector<std::string> contents;  // as on the wire, without the final dot
    std::string wrong;                  // where the client left the script
    bool finished = false;              // the script was played to its end
};

inline io::Task<void> read_data(io::Stream& stream, Heard& heard) {
    std::string content;
    while (true) {
        std::optional<std::string_view> line = co_await stream.line(1 << 20);
        if (!line) {
            heard.wrong += "end of file in content; ";
            co_return;
        }
        if (*line == ".\r\n")
            break;
        content += *line;
    }
    heard.contents.push_back(content);
}

inline io::Task<void> read_slowly(io::Stream& stream, Heard& heard) {
    std::string content;
    while (!content.ends_with("\r\n.\r\n")) {
        co_await io::sleep(100s);
        if (stream.buffered().empty()) {
            bool more = co_await stream.fill();
            if (!more)
                co_return;
        }
        std::string_view some = stream.buffered().substr(0, 1000);
        content += some;
        stream.consume(some.size());
    }
    heard.contents.push_back(content);
}

inline io::Task<void> read_chunk(io::Stream& stream, Heard& heard) {
    std::optional<std::string_view> line = co_await stream.line(1000);
    std::string command(line.value_or("nothing"));
    heard.commands.push_back(std::string(base::trim(command)));
    auto words = base::split(command, " \r\n");
    if (words.size() < 2 || words[0] != "BDAT") {
        heard.wrong += "BDAT expected, came " + command + "; ";
        co_return;
    }
    size_t size = base::number<size_t>(words[1]).value_or(0);
    std::string_view chunk = co_await stream.exactly(size);
    heard.contents.push_back(std::string(chunk));
}

inline io::Task<void> read_command(io::Stream& stream, const std::string& expected, Heard& heard) {
    std::optional<std::string_view> line = co_await stream.line(1000);
    if (!line) {
        heard.wrong += "end of file, expected " + expected + "; ";
        co_return;
    }
    std::string command(base::trim(*line));
    if (!command.starts_with(expected))
        heard.wrong += "expected " + expected + ", came " + command + "; ";
    heard.commands.push_back(command);
}

inline io::Task<void> wait_for_end(io::Stream& stream) {
    while (true) {
        bool more = co_await stream.fill();
        if (!more)
            co_return;
        stream.consume(stream.buffered().size());
    }
}

inline io::Task<void> trickle(io::Stream& stream, const std::string& text) {
    for (char c : text) {
        stream.put({&c, 1});
        co_await stream.flush();
        co_await io::sleep(100s);
    }
}

inline io::Task<void> take_under_tls(io::Stream& stream, const tls::ServerContext* context,
                                     Heard& heard) {
    co_await stream.flush();
    std::unique_ptr<io::Wire> below = stream.release_wire();
    tls::ServerWish wish;
    tls::Handshake made = co_await tls::accept(std::move(below), *context, wish, io::never);
    if (!made.wire)
        heard.wrong += "no TLS: " + made.error + "; ";
    else
        stream = io::Stream(std::move(made.wire));
}

inline io::Task<void> play(std::unique_ptr<io::Wire> wire, Script script, Heard& heard,
                           const tls::ServerContext* tls = nullptr) {
    io::Stream stream(std::move(wire));
    try {
        for (const std::string& step : script) {
            std::string text = step.size() > 2 ? step.substr(2) : "";
            if (step[0] == 'S')
                stream.put(text + "\r\n");
            else if (step[0] == 'R')
                stream.put(text);
            else if (step[0] == 'T')
                co_await trickle(stream, text);
            else if (step[0] == 'C')
                co_await read_command(stream, text, heard);
            else if (step[0] == 'D')
                co_await read_data(stream, heard);
            else if (step[0] == 'W')
                co_await read_slowly(stream, heard);
            else if (step[0] == 'B')
                co_await read_chunk(stream, heard);
            else if (step[0] == 'Y')
                co_await take_under_tls(stream, tls, heard);
            else if (step[0] == 'X')
                break;
            else
                co_await wait_for_end(stream);
            if (!heard.wrong.empty())
                co_return;
        }
        co_await stream.flush();
        heard.finished = true;
    } catch (const io::Closed& why) {
        heard.wrong += std::string("closed: ") + why.what();
    }
}

}  // namespace smtp_test
