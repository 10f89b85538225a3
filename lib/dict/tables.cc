#include "lib/dict/tables.h"

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/dict/fold.h"
#include "lib/dict/types.h"
#include "lib/io/loop.h"

namespace dict {

static std::string default_type(const config::Settings& settings) {
    std::string type = settings.value("default_database_type");
    return type.empty() ? "hash" : type;
}

Tables::Tables(const config::Settings& settings, Proxy* proxy, NameService name_service)
    : proxy_(proxy),
      name_service_(name_service),
      default_type_(default_type(settings)),
      socketmap_time_(settings.time("socketmap_time_limit")),
      socketmap_reply_(static_cast<size_t>(settings.number("socketmap_max_reply_size"))),
      destinations_(Destinations::of(settings)),
      utf8_(settings.flag("smtputf8_enable")) {
    prepare_folding();
}

Tables::~Tables() = default;

void Tables::refresh(const config::Settings& settings) {
    default_type_ = default_type(settings);
    socketmap_time_ = settings.time("socketmap_time_limit");
    socketmap_reply_ = static_cast<size_t>(settings.number("socketmap_max_reply_size"));
    destinations_ = Destinations::of(settings);
    utf8_ = settings.flag("smtputf8_enable");
    for (const auto& [key, table] : open_)
        table->look_soon();
}

Table& Tables::open(std::string_view name, Use use) {
    Spec spec;
    size_t colon = name.find(':');
    spec.type = colon == name.npos ? default_type_ : std::string(name.substr(0, colon));
    spec.name = colon == name.npos ? name : name.substr(colon + 1);
    spec.full = base::text(spec.type, ':', spec.name);
    if (spec.type.empty() || spec.name.empty())
        throw config::Error(
            base::text("open dictionary: expecting \"type:name\" form instead of \"", name, '"'));
    use.utf8 = use.utf8 && utf8_;
    std::pair<std::string, Use> key(spec.full, use);
    if (auto found = open_.find(key); found != open_.end())
        return *found->second;
    spec.use = use;
    spec.tables = this;
    spec.proxy = proxy_;
    spec.asks_names = name_service_ == NameService::in_place;
    spec.destinations = &destinations_;
    spec.socketmap = {socketmap_time_, socketmap_reply_};
    spec.rooted = &rooted_;
    std::unique_ptr<Table> table;
    try {
        table = make_table(spec);
    } catch (const NotPermitted&) {
        refused_ = true;
        throw;
    }
    if (use.utf8)
        table->set_utf8();
    return *(open_[key] = std::move(table));
}

std::vector<std::string> Tables::files() const {
    std::vector<std::string> all;
    for (const auto& [key, table] : open_)
        for (std::string& file : table->files())
            all.push_back(std::move(file));
    return all;
}

void Tables::release_locks() {
    for (const auto& [key, table] : open_)
        table->release_lock();
}

bool Tables::outdated() {
    bool any = false;
    for (const auto& [key, table] : open_)
        any = table->outdated(io::loop().now()) || any;
    return any;
}

}  // namespace dict
