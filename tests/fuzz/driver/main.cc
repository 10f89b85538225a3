// Runs the fuzz target that it is linked with on inputs made at random, for a time:
//
//     TARGET SECONDS [SEED [FOLDER]]
//
// Inputs are made of those in FOLDER, one a file, and of what came before, by changes to a few of
// their bytes. The same SEED gives the same inputs; a run that fails says which it was.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// Of the address sanitizer: how it ends a program.
extern "C" const char* __asan_default_options() {
    return "abort_on_error=1";
}

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t longest = 8192;
constexpr size_t most_kept = 500;

// For the handler of a failure.
volatile unsigned long seed, runs;

void failed(int signal) {
    char line[100];
    int size = std::snprintf(line, sizeof line, "failed: signal %d, seed %lu, run %lu\n", signal,
                             static_cast<unsigned long>(seed), static_cast<unsigned long>(runs));
    if (::write(STDERR_FILENO, line, static_cast<size_t>(size)) >= 0)
        ::_exit(1);
    ::_exit(2);
}

std::vector<std::string> files_in(const std::string& folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> texts;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return texts;
}

class Inputs {
  public:
    Inputs(unsigned long start, std::vector<std::string> given)
        : random_(start), kept_(std::move(given)) {
        kept_.emplace_back();
    }

    std::string next() {
        std::string input = kept_[below(kept_.size())];
        for (size_t changes = 1 + below(6); changes > 0; --changes)
            change(input);
        if (input.size() > longest)
            input.resize(longest);
        if (kept_.size() < most_kept)
            kept_.push_back(input);
        else if (below(8) == 0)
            kept_[most_kept / 2 + below(most_kept / 2)] = input;
        return input;
    }

  private:
    size_t below(size_t bound) {
        return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
    }

    char byte() {
        using namespace std::string_literals;
        static const std::string likely = "\r\n\0\t .:;,<>@\"\\()[]{}=-+/%!|'$#&*\x80\xff"s;
        return below(2) == 0 ? likely[below(likely.size())] : static_cast<char>(below(256));
    }

    std::string piece_of(const std::string& text) {
        if (text.empty())
            return std::string(1 + below(20), byte());
        size_t from = below(text.size());
        return text.substr(from, 1 + below(text.size() - from));
    }

    void change(std::string& input) {
        size_t at = below(input.size() + 1);
        switch (below(6)) {
            case 0:
                input.insert(at, 1 + below(3), byte());
                break;
            case 1:
                input.insert(at, piece_of(kept_[below(kept_.size())]));
                break;
            case 2:
                input.erase(at, 1 + below(8));
                break;
            case 3:
                if (at < input.size())
                    input[at] = byte();
                break;
            case 4:
                if (at < input.size())
                    input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
                break;
            default:
                input.resize(at);
        }
    }

    std::mt19937_64 random_;
    std::vector<std::string> kept_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || argc > 4) {
        std::fprintf(stderr, "usage: %s SECONDS [SEED [FOLDER]]\n", argv[0]);
        return 64;
    }
    auto end = Clock::now() + std::chrono::seconds(std::atol(argv[1]));
    seed = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : std::random_device()();
    for (int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
        ::signal(signal, failed);
    Inputs inputs(seed, argc > 3 ? files_in(argv[3]) : std::vector<std::string>());
    while ((runs & 0xff) != 0 || Clock::now() < end) {
        std::string input = inputs.next();
        runs = runs + 1;
        LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
    }
    std::printf("%lu inputs, seed %lu\n", static_cast<unsigned long>(runs),
                static_cast<unsigned long>(seed));
    return 0;
}
