// Edits of main.cf and master.cf, and texts that no edit may spoil.
#include <gtest/gtest.h>

#include <random>

#include "lib/config/error.h"
#include "lib/config/words.h"
#include "postconf/edit_lines.h"
#include "postconf/edit_main.h"
#include "postconf/edit_master.h"

namespace {

using postconf::Edit;
using postconf::Subject;

postconf::Edited edit_main(std::string_view text, Edit kind,
                           const std::vector<std::string>& arguments) {
    std::vector<postconf::MainEdit> edits;
    for (const std::string& argument : arguments)
        edits.push_back(postconf::parse_main_edit(argument, kind));
    return postconf::edit_main_cf(text, kind, edits, "main.cf");
}

const char* main_text = "# head\n\na = 1\n# about b\nb = x\n   y\n# in\n   z\n\n#c = 3\nb=again";

struct MainCase {
    Edit kind;
    std::vector<std::string> arguments;
    const char* text;
};

TEST(EditMain, KeepsWhatItIsNotAbout) {
    const MainCase cases[] = {
        {Edit::set,
         {"a=2"},
         "# head\n\na = 2\n# about b\nb = x\n   y\n# in\n   z\n\n#c = 3\nb=again\n"},
        {Edit::set, {"b = "}, "# head\n\na = 1\n# about b\nb = \n# in\n\n#c = 3\nb = \n"},
        {Edit::set,
         {"c = $a", "d=4"},
         "# head\n\na = 1\n# about b\nb = x\n   y\n# in\n   z\n\n#c = 3\nb=again\nc = $a\nd = 4\n"},
        {Edit::comment_out,
         {"b"},
         "# head\n\na = 1\n# about b\n#b = x\n#   y\n# in\n#   z\n\n#c = 3\n#b=again\n"},
        {Edit::remove, {"b"}, "# head\n\na = 1\n# about b\n# in\n\n#c = 3\n"},
        {Edit::remove,
         {"c", "a"},
         "# head\n\n# about b\nb = x\n   y\n# in\n   z\n\n#c = 3\nb=again\n"},
    };
    for (const MainCase& each : cases)
        EXPECT_EQ(edit_main(main_text, each.kind, each.arguments).text, each.text);
}

TEST(EditMain, WarnsOfDoubles) {
    EXPECT_EQ(edit_main(main_text, Edit::set, {"a=1", "a=2", "b=3"}).warnings,
              (std::vector<std::string>{"ignoring earlier request: 'a = 1'",
                                        "main.cf: multiple entries for \"b\""}));
}

TEST(EditMain, RefusesWhatIsNoSetting) {
    for (const char* bad : {"a", "=1", "a b=1", "", "a=1\nb=2", "#a=1"})
        EXPECT_THROW(postconf::parse_main_edit(bad, Edit::set), config::Error) << bad;
    for (const char* bad : {"a=1", "a b", ""})
        EXPECT_THROW(postconf::parse_main_edit(bad, Edit::remove), config::Error) << bad;
}

const char* master_text =
    "# head\nsmtp inet n - y - - smtpd\n  -o a=b\n# mid\n  -o { c = d e }\n\n# about\n"
    "smtp unix - - n - - smtp\n# tail\n";

struct MasterCase {
    Subject subject;
    Edit kind;
    std::vector<std::string> arguments;
    const char* text;
};

TEST(EditMaster, ChangesServicesFieldsAndOptions) {
    const MasterCase cases[] = {
        {Subject::services,
         Edit::set,
         {"smtp/inet=smtp inet n - n - 5 smtpd -o x=y"},
         "# head\nsmtp       inet  n       -       n       -       5       smtpd\n    -o x=y\n# "
         "mid\n"
         "\n# about\nsmtp unix - - n - - smtp\n# tail\n"},
        {Subject::services,
         Edit::set,
         {"new/unix = new unix - - n - - pipe {a b}"},
         "# head\nsmtp inet n - y - - smtpd\n  -o a=b\n# mid\n  -o { c = d e }\n\n# about\n"
         "smtp unix - - n - - smtp\n# tail\n"
         "new        unix  -       -       n       -       -       pipe {a b}\n"},
        {Subject::services,
         Edit::remove,
         {"smtp/inet"},
         "# head\n# mid\n\n# about\nsmtp unix - - n - - smtp\n# tail\n"},
        {Subject::services,
         Edit::comment_out,
         {"smtp/unix"},
         "# head\nsmtp inet n - y - - smtpd\n  -o a=b\n# mid\n  -o { c = d e }\n\n# about\n"
         "#smtp unix - - n - - smtp\n# tail\n"},
        {Subject::fields,
         Edit::set,
         {"*/inet/chroot=n", "smtp/inet/process_limit = 7"},
         "# head\n# mid\n\n# about\n"
         "smtp       inet  n       -       n       -       7       smtpd\n    -o a=b\n"
         "    -o {c=d e}\nsmtp unix - - n - - smtp\n# tail\n"},
        {Subject::parameters,
         Edit::set,
         {"smtp/inet/a=new", "smtp/inet/z=1"},
         "# head\n# mid\n\n# about\n"
         "smtp       inet  n       -       y       -       -       smtpd\n    -o a=new\n"
         "    -o {c=d e}\n    -o z=1\nsmtp unix - - n - - smtp\n# tail\n"},
        {Subject::parameters,
         Edit::remove,
         {"smtp/inet/c"},
         "# head\n# mid\n\n# about\n"
         "smtp       inet  n       -       y       -       -       smtpd\n    -o a=b\n"
         "smtp unix - - n - - smtp\n# tail\n"},
    };
    for (const MasterCase& each : cases)
        EXPECT_EQ(
            postconf::edit_master_cf(master_text, each.subject, each.kind, each.arguments).text,
            each.text);
}

TEST(EditMaster, RefusesWhatTheFileCouldNotHold) {
    const std::pair<Subject, const char*> bad[] = {
        {Subject::services, "smtp/inet"},
        {Subject::services, "smtp/inet=smtp inet"},
        {Subject::services, "smtp=smtp inet n - n - - smtpd"},
        {Subject::services, "smtp/inet=smtp inet y - n - - smtpd"},
        {Subject::fields, "smtp/inet/chroot=maybe"},
        {Subject::fields, "smtp/inet/type=tcp"},
        {Subject::fields, "smtp/inet/nosuch=1"},
        {Subject::fields, "smtp/inet=1"},
        {Subject::fields, "smtp/inet/*=n"},
        {Subject::parameters, "smtp/inet/*=1"},
        {Subject::parameters, "smtp/inet/a=b c"},
        {Subject::parameters, "smtp/inet/a/b=c"},
        {Subject::parameters, "smtp/inet/a=b\nc"},
    };
    EXPECT_ANY_THROW(
        postconf::edit_master_cf(master_text, Subject::parameters, Edit::remove, {"smtp/inet/*"}));
    for (const auto& [subject, argument] : bad)
        EXPECT_ANY_THROW(postconf::edit_master_cf(master_text, subject, Edit::set, {argument}))
            << argument;
    EXPECT_EQ(
        postconf::edit_master_cf(master_text, Subject::fields, Edit::set, {"x/unix/type=pass"})
            .warnings,
        std::vector<std::string>{"unmatched service_name/type: \"x/unix/type=pass\""});
}

TEST(EditLines, GroupsAreTheWholeFile) {
    std::mt19937 random(7);
    constexpr std::string_view bytes = "a=#{} \t\n\nb-o/";
    for (int round = 0; round < 2000; round++) {
        std::string text;
        for (unsigned length = random() % 60; length > 0; length--)
            text += bytes[random() % bytes.size()];
        std::string whole;
        for (const postconf::Group& group : postconf::groups_of(text))
            whole += group.written();
        EXPECT_EQ(whole, text.empty() || text.ends_with('\n') ? text : text + '\n');
        edit_main(text, Edit::set, {"a=1"});
        try {
            postconf::edit_master_cf(text, Subject::parameters, Edit::set, {"a/b/c=d"});
        } catch (const config::BadLine&) {
            continue;
        } catch (const config::Error&) {
            continue;
        }
    }
}

}  // namespace
