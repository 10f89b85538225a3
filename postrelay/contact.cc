#include "postrelay/contact.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/io/child.h"

namespace postrelay {
namespace {

// What is asked and what is answered are in memory, so that neither side waits for the other.
base::Fd memory(const char* name, std::string_view content) {
    base::Fd fd(::memfd_create(name, MFD_CLOEXEC));
    if (!fd ||
        ::write(fd.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()))
        throw base::SystemError("make memory for a probe");
    ::lseek(fd.get(), 0, SEEK_SET);
    return fd;
}

std::string content_of(const base::Fd& fd) {
    std::string content;
    std::array<char, 4096> some;
    ssize_t got;
    ::lseek(fd.get(), 0, SEEK_SET);
    while ((got = ::read(fd.get(), some.data(), some.size())) > 0)
        content.append(some.data(), static_cast<size_t>(got));
    return content;
}

std::vector<std::string> words_of(const Client& client) {
    std::vector<std::string> words = {client.program, "-P", "-n", client.service};
    for (const auto& [name, value] : client.overrides) {
        words.push_back("-o");
        words.push_back(base::text(name, "=", value));
    }
    words.push_back("-c");
    words.push_back(client.directory);
    return words;
}

std::vector<std::string> environment() {
    std::vector<std::string> all;
    for (char** each = ::environ; *each != nullptr; ++each)
        all.emplace_back(*each);
    return all;
}

std::string milliseconds(double seconds) {
    return base::text(static_cast<int64_t>(seconds * 1000 + 0.5), "ms");
}

}  // namespace

std::string Contact::text() const {
    std::string text = json.text_at("result");
    if (json.truth_at("ehlo"))
        base::append(text, ", ", json.text_at("protocol"));
    struct Step {
        const char *done, *time, *words;
    };
    constexpr Step steps[] = {{"connected", "connect_seconds", ", connected in "},
                              {"greeted", "greeting_seconds", ", greeting in "},
                              {"ehlo", "ehlo_seconds", ", reply to EHLO in "}};
    for (const Step& step : steps)
        if (json.truth_at(step.done))
            base::append(text, step.words, milliseconds(json.number_at(step.time)));
    if (std::string tls = json.text_at("tls_text"); !tls.empty())
        base::append(text, ", ", tls);
    if (!json.truth_at("ehlo"))
        return base::text(text, "; ", json.text_at("text"));
    std::string_view separator = "; offers ";
    for (const std::string& extension : json.list_at("extensions")) {
        base::append(text, separator, extension);
        separator = ", ";
    }
    if (std::string login = json.text_at("logged_in_as"); !login.empty())
        base::append(text, "; logged in as ", login, " by ", json.text_at("mechanism"));
    return text;
}

io::Task<std::vector<Contact>> ask_at(const Client& client, std::vector<std::string> places) {
    std::string asked;
    for (const std::string& place : places)
        base::append(asked, place, '\n');
    base::Fd in = memory("places", asked);
    base::Fd out = memory("answers", "");
    io::SpawnOptions options;
    options.path = client.program;
    options.argv = words_of(client);
    options.environment = environment();
    options.descriptors = {{in.get(), 0}, {out.get(), 1}};
    io::Child child = io::Child::spawn(options);
    int status = co_await child.wait();
    std::string told = content_of(out);
    std::vector<Contact> contacts;
    for (std::string_view line : base::split(told, "\n"))
        if (std::optional<base::Json> json = base::Json::parse(line))
            contacts.push_back({std::move(*json)});
    if (!WIFEXITED(status) || contacts.size() != places.size())
        throw std::runtime_error(base::text(client.program, " -P answered for ", contacts.size(),
                                            " of ", places.size(), " places"));
    co_return contacts;
}

}  // namespace postrelay
