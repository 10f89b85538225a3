// A scratch folder with tables in it, a loop with a clock of the test's own, and the log's lines.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/log.h"
#include "lib/dict/address_search.h"
#include "lib/dict/match_list.h"
#include "lib/dict/tables.h"
#include "lib/io/loop.h"
#include "lib/io/run.h"

namespace dict_test {

class TableWorld {
  public:
    explicit TableWorld(const std::string& main_cf = "") : loop_(clock_) {
        char pattern[] = "/tmp/posthaste-dict-XXXXXX";
        folder_ = ::mkdtemp(pattern);
        write("main.cf", "myhostname = host.example.com\n" + main_cf);
        make_tables();
    }
    ~TableWorld() {
        tables_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    // Writes it in place, or over it by rename.
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path(name)) << text;
    }
    void replace(const std::string& name, const std::string& text) const {
        write(name + ".new", text);
        std::filesystem::rename(path(name + ".new"), path(name));
    }
    std::string read(const std::string& name) const {
        std::ifstream in(path(name));
        return {std::istreambuf_iterator<char>(in), {}};
    }

    void make_tables(dict::Proxy* proxy = nullptr) {
        tables_ = std::make_unique<dict::Tables>(settings(), proxy);
    }
    config::Settings settings() const { return config::Settings::load(folder_); }
    dict::Tables& tables() { return *tables_; }
    io::ManualClock& clock() { return clock_; }
    io::Loop& loop() { return loop_; }

    dict::Lookup ask(dict::Table& table, const std::string& key,
                     dict::Key kind = dict::Key::whole) {
        dict::Lookup result;
        run(keep(table.find(key, kind), result));
        return result;
    }
    // The value; "-" for none, "!" for retry.
    std::string ask(const std::string& table, const std::string& key,
                    dict::Key kind = dict::Key::whole, dict::Use use = {}) {
        dict::Lookup found = ask(tables_->open(table, use), key, kind);
        return found.found() ? found.value : found.none() ? "-" : "!";
    }
    // What opening `table` throws; "" for nothing.
    std::string fault(const std::string& table) {
        try {
            tables_->open(table);
        } catch (const config::Error& error) {
            return error.what();
        }
        return {};
    }
    dict::FoundAddress search(const dict::Maps& maps, std::string_view address,
                              dict::AddressSearch how) {
        dict::FoundAddress result;
        run(keep(dict::find_address(maps, address, how), result));
        return result;
    }
    dict::MatchList::Answer match(const dict::MatchList& list, std::string_view key) {
        dict::MatchList::Answer result;
        run(keep(list.match(key), result));
        return result;
    }
    dict::Lookup ask(const dict::Maps& maps, std::string_view key) {
        dict::Lookup result;
        run(keep(maps.find(key), result));
        return result;
    }
    void run(io::Task<void> task) {
        io::Scope scope;
        scope.spawn(std::move(task));
        loop_.run_until_idle();
        EXPECT_EQ(scope.running(), 0u);
        if (scope.running() != 0) {
            scope.cancel();
            loop_.run_until_idle();
        }
    }

  private:
    static io::Task<void> keep(io::Task<dict::Lookup> task, dict::Lookup& into) {
        dict::Lookup got = co_await task;
        into = std::move(got);
    }
    static io::Task<void> keep(io::Task<dict::FoundAddress> task, dict::FoundAddress& into) {
        dict::FoundAddress got = co_await task;
        into = std::move(got);
    }
    static io::Task<void> keep(io::Task<dict::MatchList::Answer> task,
                               dict::MatchList::Answer& into) {
        dict::MatchList::Answer got = co_await task;
        into = std::move(got);
    }

    io::ManualClock clock_;
    io::Loop loop_;
    std::string folder_;
    std::unique_ptr<dict::Tables> tables_;
};

// Runs `work` and gives what it wrote to standard error, where the log's lines go.
template <class Work>
std::vector<std::string> log_lines(Work work) {
    testing::internal::CaptureStderr();
    work();
    base::log::flush();
    std::vector<std::string> lines;
    const std::string text = testing::internal::GetCapturedStderr();
    for (size_t begin = 0; begin < text.size();) {
        size_t end = text.find('\n', begin);
        lines.push_back(text.substr(begin, end - begin));
        if (size_t tag = lines.back().find("]: "); tag != std::string::npos)
            lines.back().erase(0, tag + 3);
        begin = end == text.npos ? text.size() : end + 1;
    }
    return lines;
}

}  // namespace dict_test
