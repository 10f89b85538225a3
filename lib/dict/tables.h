// Tables are the lookup tables of a process, each opened once and shared by all who name it.
//
// A table whose file was rebuilt is opened anew within a second; one that does not load then stays
// as it was, with a warning.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/config/settings.h"
#include "lib/dict/destinations.h"
#include "lib/dict/table.h"
#include "lib/dict/use.h"

namespace dict {

class Tables {
  public:
    // Who asks the name service (unix:): the workers of proxymap, or this process itself, which
    // then has to wait.
    enum class NameService : uint8_t { by_proxy, in_place };

    // `proxy` outlives this; null for programs that ask nobody, where such tables answer retry.
    explicit Tables(const config::Settings& settings, Proxy* proxy = nullptr,
                    NameService name_service = NameService::by_proxy);
    ~Tables();
    Tables(const Tables&) = delete;
    Tables& operator=(const Tables&) = delete;

    // The table of "type:name" ("name": of default_database_type), owned here. Throws
    // config::Error for an unknown type, bad syntax, or a file that cannot be opened or read.
    Table& open(std::string_view name, Use use = {});

    // The files behind all open tables, as they are watched for changes.
    std::vector<std::string> files() const;

    // After a reload: `settings` hold for what is opened from here on, and every file is looked at
    // again before the next answer.
    void refresh(const config::Settings& settings);
    // From here on this process sees other files under the same names (chroot): what is open stays
    // so, and a table that is rebuilt makes the process outdated().
    void leave_root() { rooted_ = false; }
    // Whether this process ever asked for a table that it may not open.
    bool refused() const { return refused_; }
    // Opens anew what was rebuilt. True when there is something that this process may not open, so
    // that another must take its place.
    bool outdated();
    // Lets go the locks of tables that keep them (Use::keeps_locks); to be called before waiting.
    void release_locks();

  private:
    std::map<std::pair<std::string, Use>, std::unique_ptr<Table>> open_;
    Proxy* proxy_;
    NameService name_service_;
    std::string default_type_;
    base::Duration socketmap_time_;
    size_t socketmap_reply_;
    Destinations destinations_;
    bool utf8_;  // smtputf8_enable
    bool rooted_ = true;
    bool refused_ = false;
};

}  // namespace dict
