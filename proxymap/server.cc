#include "proxymap/server.h"

#include "lib/base/encode.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/dict/braces.h"
#include "lib/ipc/frame.h"

namespace proxymap {

namespace {

constexpr std::string_view proxy_type = "proxy:";
// What the name service tells everybody.
constexpr std::string_view open_to_all = "unix:";
constexpr size_t question_limit = 1 << 20;

// None for what is no question, with a warning.
std::optional<ipc::ProxymapQuestion> question_in(const ipc::Frame& frame) {
    try {
        if (frame.type == static_cast<uint8_t>(ipc::ProxymapFrame::question))
            return ipc::ProxymapQuestion::decode(frame.payload);
    } catch (const base::DecodeError&) {
        // As good as none.
    }
    base::log::warning("a client asks no question, but something else");
    return std::nullopt;
}

}  // namespace

Options Options::from(const config::Settings& settings, const std::string& service) {
    Options options;
    options.parameter = service == "proxywrite" ? "proxy_write_maps" : "proxy_read_maps";
    options.main_cf = settings.directory() + "/main.cf";
    options.idle_limit = settings.time("max_idle");
    for (const std::string& element : dict::split_braced(settings.value(options.parameter)))
        if (element.starts_with(proxy_type))
            options.approved.insert(element.substr(proxy_type.size()));
    return options;
}

bool Server::approves(const std::string& table) const {
    return table.starts_with(open_to_all) || options_.approved.contains(table);
}

dict::Table* Server::open(const ipc::ProxymapQuestion& question, std::string& trouble) {
    try {
        return &tables_.open(question.table, question.use);
    } catch (const config::Error& error) {
        trouble = error.what();
    }
    base::log::warning(trouble);
    return nullptr;
}

io::Task<dict::Lookup> Server::answer(const ipc::ProxymapQuestion& question) {
    if (!approves(question.table)) {
        base::log::warning(
            base::text("request for unapproved table: \"", base::printable(question.table), '"'));
        base::log::warning(base::text("to approve this table for read-only access, list proxy:",
                                      base::printable(question.table), " in ", options_.main_cf,
                                      ':', options_.parameter));
        co_return dict::Lookup::later(
            base::text("proxymap service is not configured for table \"", question.table, '"'));
    }
    std::string trouble;
    dict::Table* table = open(question, trouble);
    if (table == nullptr)
        co_return dict::Lookup::later(std::move(trouble));
    dict::Lookup found = co_await table->find(question.key, question.kind);
    co_return found;
}

io::Task<void> Server::converse(io::Stream stream) {
    stream.limit(options_.idle_limit);
    while (true) {
        std::optional<ipc::Frame> frame = co_await ipc::read_frame(stream, question_limit);
        if (!frame)
            co_return;
        std::optional<ipc::ProxymapQuestion> question = question_in(*frame);
        if (!question)
            co_return;
        dict::Lookup found = co_await answer(*question);
        ipc::put_frame(stream, static_cast<uint8_t>(ipc::ProxymapFrame::answer),
                       ipc::encode_lookup(found));
        co_await stream.flush();
    }
}

}  // namespace proxymap
