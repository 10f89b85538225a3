// Tokens that a command prints.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/io/child.h"
#include "lib/io/loop.h"
#include "smtp/token_sources.h"

namespace smtp {
namespace {

// Another run is not worth it so soon, but where the last one's token has ended already.
constexpr base::Duration pause = 1s;

std::string ending_of(int status) {
    return WIFEXITED(status) ? base::text("exit status ", WEXITSTATUS(status))
                             : base::text("signal ", WTERMSIG(status));
}

}  // namespace

bool TokenCommand::usable() const {
    return !token_.text.empty() && (!token_.ends || *token_.ends > io::loop().wall());
}

// One who finds the token near its end sees to the next; the others go on with it meanwhile. Where
// the last run gave none, the others do not wait for the next: another relay may take their mail.
io::Task<std::string> TokenCommand::token() {
    bool due = !usable() || due_ <= io::loop().wall();
    bool hopeful = !usable() && trouble_.empty();
    if (due && (hopeful || turn_.available() > 0))
        co_await renew();
    if (!usable())
        throw NoToken(trouble_.empty() ? base::text(name(), ": the token has expired") : trouble_);
    co_return token_.text;
}

io::Task<std::string> TokenCommand::instead_of(std::string refused) {
    if (token_.text == refused) {
        due_ = io::loop().wall();
        co_await renew();
    }
    co_return co_await token();
}

io::Task<void> TokenCommand::renew() {
    co_await turn_.acquire();
    io::Permit turn(turn_);
    // Somebody else may have seen to it.
    bool due = !usable() || due_ <= io::loop().wall();
    bool recently = tried_ != base::Instant() && io::loop().now() - tried_ < pause;
    if (!due || (recently && (usable() || !trouble_.empty())))
        co_return;
    try {
        Token token = co_await run();
        keep(std::move(token));
        trouble_.clear();
    } catch (const NoToken& why) {
        trouble_ = base::text(name(), ": ", why.what());
    } catch (const base::SystemError& why) {
        trouble_ = base::text(name(), ": ", why.what());
    }
    tried_ = io::loop().now();
}

// A short-lived one is renewed in its last quarter, so that none is asked for all the time.
void TokenCommand::keep(Token token) {
    base::wipe(token_.text);
    token_ = std::move(token);
    base::WallTime now = io::loop().wall();
    if (!usable())
        throw NoToken("it gives a token that has expired");
    due_ = now + rules_.unknown_lifetime;
    if (token_.ends)
        due_ = *token_.ends - std::min(rules_.refresh_margin, (*token_.ends - now) / 4);
}

io::Task<Token> TokenCommand::run() const {
    base::Fd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    base::Fd out(::memfd_create("token", MFD_CLOEXEC));
    if (!nothing || !out)
        throw base::SystemError("make room for a token");
    io::SpawnOptions options;
    options.path = argv_.front();
    options.argv = argv_;
    options.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C"};
    options.descriptors = {{nothing.get(), 0}, {out.get(), 1}, {nothing.get(), 2}};
    options.new_group = true;
    base::WallTime begun = io::loop().wall();
    io::Child child = io::Child::spawn(options);
    std::optional<int> status =
        co_await child.wait_or_kill(io::loop().now() + rules_.command_time_limit);
    if (!status)
        throw NoToken("it took too long");
    if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0)
        throw NoToken(ending_of(*status));
    co_return token_in("it", out.get(), rules_, begun);
}

}  // namespace smtp
