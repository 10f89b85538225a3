#include "lib/io/file_watch.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "lib/io/loop.h"
#include "lib/io/run.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

void write(const fs::path& path) {
    std::ofstream(path) << "text";
}

class FileWatch : public testing::Test {
  protected:
    FileWatch() {
        char name[] = "/tmp/file-watch.XXXXXX";
        folder_ = ::mkdtemp(name);
        fs::create_directories(folder_ / "archive");
        write(folder_ / "archive/one.pem");
        write(folder_ / "plain.pem");
        fs::create_symlink("archive/one.pem", folder_ / "live.pem");
    }
    ~FileWatch() override { fs::remove_all(folder_); }

    // Whether watching `name` tells of what `act` does.
    bool told(const std::string& name, void (*act)(const fs::path&)) {
        io::Loop loop;
        io::FileWatch watch({(folder_ / name).string()});
        act(folder_);
        io::run_task(ask(watch, done_ = false));
        return done_;
    }

    static io::Task<void> note(io::FileWatch& watch, bool& done) {
        co_await watch.changed(2ms);
        done = true;
    }
    static io::Task<void> ask(io::FileWatch& watch, bool& done) {
        io::Scope scope;
        scope.spawn(note(watch, done));
        co_await io::sleep(40ms);
        scope.cancel();
        co_await scope.join();
    }

    fs::path folder_;
    bool done_ = false;
};

struct Case {
    const char* what;
    const char* watched;
    void (*act)(const fs::path& folder);
    bool told;
};

TEST_F(FileWatch, TellsOfChanges) {
    static const Case cases[] = {
        {"written", "plain.pem", [](const fs::path& folder) { write(folder / "plain.pem"); }, true},
        {"replaced by rename", "plain.pem",
         [](const fs::path& folder) {
             write(folder / "new");
             fs::rename(folder / "new", folder / "plain.pem");
         },
         true},
        {"another file", "plain.pem", [](const fs::path& folder) { write(folder / "other.pem"); },
         false},
        {"nothing", "plain.pem", [](const fs::path&) {}, false},
        {"the file behind a link", "live.pem",
         [](const fs::path& folder) { write(folder / "archive/one.pem"); }, true},
        {"a link that leads elsewhere", "live.pem",
         [](const fs::path& folder) {
             fs::create_symlink("archive/two.pem", folder / "new");
             fs::rename(folder / "new", folder / "live.pem");
         },
         true},
        {"anything in a folder", "archive",
         [](const fs::path& folder) { write(folder / "archive/two.pem"); }, true},
        {"what is not there yet", "late.pem",
         [](const fs::path& folder) { write(folder / "late.pem"); }, true},
    };
    for (const Case& test : cases)
        EXPECT_EQ(told(test.watched, test.act), test.told) << test.what;
}

}  // namespace
