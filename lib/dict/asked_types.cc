// The types that wait for somebody else: proxy: and unix:.
#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <vector>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/dict/content.h"
#include "lib/dict/spec.h"

namespace dict {
namespace {

class Proxied : public Table {
  public:
    Proxied(const Spec& spec, std::string asked)
        : Table(spec.full), asked_(std::move(asked)), proxy_(spec.proxy), use_(spec.use) {}

    io::Task<Lookup> look_up(std::string_view key, Key kind) override {
        if (proxy_ == nullptr)
            co_return Lookup::later(base::text(name(), ": there is no proxymap to ask"));
        Lookup answer = co_await proxy_->ask(asked_, key, kind, use_);
        co_return answer;
    }

  private:
    std::string asked_;
    Proxy* proxy_;
    Use use_;
};

// What the name service says of users, as a line of passwd(5). It may be slow: only proxymap and
// commands ask it in place.
class Users : public Content {
    Answer get(std::string_view key, Key) override {
        passwd entry{};
        passwd* found = nullptr;
        std::vector<char> room(1 << 16);
        int error =
            ::getpwnam_r(std::string(key).c_str(), &entry, room.data(), room.size(), &found);
        if (found == nullptr)
            return error == 0 || error == ENOENT || error == ESRCH
                       ? Answer::none()
                       : Answer::later("unix:passwd.byname: " + base::error_text(error));
        return Answer::of(base::text(entry.pw_name, ":", entry.pw_passwd, ":", entry.pw_uid, ":",
                                     entry.pw_gid, ":", entry.pw_gecos, ":", entry.pw_dir, ":",
                                     entry.pw_shell));
    }
};

class Groups : public Content {
    Answer get(std::string_view key, Key) override {
        group entry{};
        group* found = nullptr;
        std::vector<char> room(1 << 18);
        int error =
            ::getgrnam_r(std::string(key).c_str(), &entry, room.data(), room.size(), &found);
        if (found == nullptr)
            return error == 0 || error == ENOENT || error == ESRCH
                       ? Answer::none()
                       : Answer::later("unix:group.byname: " + base::error_text(error));
        std::string line = base::text(entry.gr_name, ":", entry.gr_passwd, ":", entry.gr_gid, ":");
        for (char** member = entry.gr_mem; *member; ++member)
            base::append(line, member == entry.gr_mem ? "" : ",", *member);
        return Answer::of(std::move(line));
    }
};

}  // namespace

std::unique_ptr<Table> make_proxy(const Spec& spec) {
    if (spec.name.find(':') == std::string::npos)
        throw config::Error(
            base::text("bad syntax: \"", spec.full, "\"; need \"proxy:type:name\""));
    return std::make_unique<Proxied>(spec, spec.name);
}

std::unique_ptr<Table> make_unix(const Spec& spec) {
    if (spec.name != "passwd.byname" && spec.name != "group.byname")
        throw config::Error(base::text("unknown table: ", spec.full));
    if (!spec.asks_names)
        return std::make_unique<Proxied>(spec, spec.full);
    if (spec.name == "passwd.byname")
        return std::make_unique<FixedTable>(spec.full, std::make_unique<Users>());
    return std::make_unique<FixedTable>(spec.full, std::make_unique<Groups>());
}

}  // namespace dict
