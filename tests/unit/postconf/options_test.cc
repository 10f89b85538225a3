// The command line of postconf.
#include "postconf/options.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "lib/config/error.h"

namespace {

using postconf::Options;
using postconf::Subject;

Options parse(std::vector<std::string> words) {
    words.insert(words.begin(), "postconf");
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    ::optind = 0;  // glibc begins anew
    return postconf::parse_options(static_cast<int>(argv.size()), argv.data());
}

TEST(PostconfOptions, SayWhatIsWanted) {
    Options options = parse({"-c", "/x", "-nfx", "-o", "a = b", "-C", "user,service", "name"});
    EXPECT_EQ(options.directory, "/x");
    EXPECT_TRUE(options.has('n') && options.has('x') && options.style.folded);
    EXPECT_EQ(options.overrides, (config::Overrides{{"a", "b"}}));
    EXPECT_EQ(options.classes, (std::vector<std::string>{"user", "service"}));
    EXPECT_EQ(options.arguments, std::vector<std::string>{"name"});
    EXPECT_FALSE(options.edits());
    EXPECT_TRUE(parse({"a=b"}).edits());
    EXPECT_TRUE(parse({"-X", "a"}).edits());
    EXPECT_EQ(parse({"-MX", "a/inet"}).subject, Subject::services);
    EXPECT_EQ(parse({"-F"}).subject, Subject::fields);
    EXPECT_EQ(parse({"-Pe", "a/inet/b=c"}).subject, Subject::parameters);
    EXPECT_FALSE(parse({"-h", "a"}).style.with_names);
}

struct Bad {
    std::vector<std::string> words;
    const char* text;
};

TEST(PostconfOptions, RefuseWhatDoesNotGoTogether) {
    const Bad cases[] = {
        {{"-d", "-n"}, "specify one of -d -n"},
        {{"-e", "-n", "a=b"}, "specify one of -e -n"},
        {{"-e", "-X", "a=b"}, "specify one of -e -X"},
        {{"-#", "a=b"}, "specify one of -e -#"},
        {{"-M", "-F"}, "specify one of -F -M"},
        {{"-h", "-H"}, "specify one of -h -H"},
        {{"-d", "-n", "-X", "a"}, "specify one of -d -n -X"},
        {{"-P", "-p"}, "specify one of -p -P"},
        {{"-l", "-m"}, "specify one of -l -m"},
        {{"-l", "-M"}, "specify one of -l -M"},
        {{"-f", "-l"}, "with option -l, do not specify -f"},
        {{"-m", "-e", "a=b"}, "with option -m, do not specify -e"},
        {{"-f", "a=b"}, "specify one of -e -f"},
        {{"-x", "a=b"}, "specify one of -e -x"},
        {{"-M", "-h", "a/b=c"}, "specify one of -e -h"},
        {{"-M", "-h"}, "with option -M, do not specify -h"},
        {{"-M", "-d"}, "with option -M, do not specify -d"},
        {{"-P", "-#", "a"}, "with option -P, do not specify -#"},
        {{"-F", "-X", "a"}, "with option -F, do not specify -X"},
        {{"-e"}, "-e requires name=value argument"},
        {{"-X"}, "missing service argument"},
        {{"-#"}, "missing service argument"},
        {{"-C", "most"}, "unknown -C option value \"most\" in \"most\""},
        {{"-o", "bad"}, "invalid parameter override: bad: missing '=' after attribute name"},
        {{"-j"}, "-j (output as JSON) is not built yet"},
    };
    for (const Bad& each : cases) {
        try {
            parse(each.words);
            FAIL() << each.text;
        } catch (const config::Error& error) {
            EXPECT_STREQ(error.what(), each.text);
        }
    }
}

}  // namespace
