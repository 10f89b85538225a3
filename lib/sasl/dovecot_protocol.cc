#include "lib/sasl/dovecot_protocol.h"

#include <algorithm>

#include "lib/base/text.h"

namespace sasl::dovecot {

namespace {

struct Escape {
    char byte;
    char written;  // behind a byte 1
};
constexpr Escape escapes[] = {{'\0', '0'}, {'\1', '1'}, {'\t', 't'}, {'\r', 'r'}, {'\n', 'n'}};

constexpr std::pair<std::string_view, unsigned> properties[] = {
    {"plaintext", property::plaintext},
    {"active", property::active},
    {"dictionary", property::dictionary},
    {"anonymous", property::anonymous},
    {"forward-secrecy", property::forward_secrecy},
    {"mutual-auth", property::mutual_auth},
};

// The value of "name=value" among the words behind the second; none where it is not there.
std::optional<std::string_view> value_of(const std::vector<std::string>& words,
                                         std::string_view name) {
    for (size_t i = 2; i < words.size(); ++i) {
        std::string_view word = words[i];
        if (word.starts_with(name) && word.substr(name.size(), 1) == "=")
            return word.substr(name.size() + 1);
    }
    return std::nullopt;
}

bool has(const std::vector<std::string>& words, std::string_view flag) {
    return std::find(words.begin(), words.end(), flag) != words.end();
}

Step failure(const std::vector<std::string>& words) {
    std::string user(value_of(words, "user").value_or(""));
    std::string reason = base::printable(value_of(words, "reason").value_or(""));
    if (has(words, "temp"))
        return Step(Step::trouble, reason.empty() ? "Authentication backend error" : reason, user);
    return Step(Step::failed, reason, user);
}

// Whether it can be put into a line; the service judges whether it is base64.
bool fits(std::string_view text) {
    auto graphic = [](char c) { return c > ' ' && c < '\177'; };
    return text.size() < longest_line && std::all_of(text.begin(), text.end(), graphic);
}

}  // namespace

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words(1);
    for (size_t i = 0; i < line.size(); ++i) {
        char c = line[i];
        if (c == '\t') {
            words.emplace_back();
            continue;
        }
        if (c == '\1' && i + 1 < line.size()) {
            c = line[++i];
            for (const Escape& escape : escapes)
                if (escape.written == line[i])
                    c = escape.byte;
        }
        words.back().push_back(c);
    }
    return words;
}

std::string word(std::string_view text) {
    std::string out;
    for (char c : text) {
        char written = 0;
        for (const Escape& escape : escapes)
            if (escape.byte == c)
                written = escape.written;
        if (written == 0) {
            out.push_back(c);
        } else {
            out.push_back('\1');
            out.push_back(written);
        }
    }
    return out;
}

std::optional<Offer> mechanism_of(const std::vector<std::string>& words) {
    if (words.size() < 2 || has(words, "private"))
        return std::nullopt;
    Offer mechanism{words[1], 0};
    for (const auto& [name, property] : properties)
        if (has(words, name))
            mechanism.properties |= property;
    return mechanism;
}

std::optional<Reply> reply_of(const std::vector<std::string>& words) {
    if (words.size() < 2)
        return std::nullopt;
    auto id = base::number<uint32_t>(words[1]);
    if (!id)
        return std::nullopt;
    if (words[0] == "OK")
        return Reply{*id, Step(Step::done, "", std::string(value_of(words, "user").value_or("")))};
    if (words[0] == "FAIL")
        return Reply{*id, failure(words)};
    if (words[0] == "CONT")
        return Reply{*id, Step(Step::challenge, words.size() > 2 ? words[2] : "")};
    return std::nullopt;
}

std::string hello(long process) {
    return base::text("VERSION\t", major_version, "\t1\nCPID\t", process, '\n');
}

std::optional<std::string> auth(uint32_t id, std::string_view mechanism, std::string_view service,
                                const Peer& peer, const std::optional<std::string>& initial) {
    if (initial && !fits(*initial))
        return std::nullopt;
    std::string line =
        base::text("AUTH\t", id, '\t', word(mechanism), "\tservice=", word(service), "\tnologin");
    const std::pair<std::string_view, const std::string*> values[] = {
        {"lip", &peer.own_address},
        {"rip", &peer.address},
        {"lport", &peer.own_port},
        {"rport", &peer.port},
    };
    for (const auto& [name, value] : values)
        if (!value->empty() && *value != "unknown")
            base::append(line, '\t', name, '=', word(*value));
    if (peer.encrypted)
        line.append("\tsecured");
    if (peer.certified)
        line.append("\tvalid-client-cert");
    if (initial)  // the last word: it ends the line whatever it has in it
        base::append(line, "\tresp=", *initial);
    line.push_back('\n');
    return line;
}

std::optional<std::string> response(uint32_t id, std::string_view response) {
    if (!fits(response))
        return std::nullopt;
    return base::text("CONT\t", id, '\t', response, '\n');
}

std::string cancel(uint32_t id) {
    return base::text("CANCEL\t", id, '\n');
}

}  // namespace sasl::dovecot
