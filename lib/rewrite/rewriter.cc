#include "lib/rewrite/rewriter.h"

#include "lib/rewrite/forms.h"

namespace rewrite {

Options Options::from(const config::Settings& settings) {
    Options options;
    options.myorigin = settings.text("myorigin");
    options.mydomain = settings.text("mydomain");
    options.remote_domain = settings.text("remote_header_rewrite_domain");
    options.swap_bangpath = settings.flag("swap_bangpath");
    options.allow_percent_hack = settings.flag("allow_percent_hack");
    options.append_at_myorigin = settings.flag("append_at_myorigin");
    options.append_dot_mydomain = settings.flag("append_dot_mydomain");
    return options;
}

namespace {

// Whether the domain behind the @ at `at` is a name of one label.
bool lacks_dot(const Unquoted& address, size_t at) {
    return at + 1 < address.size() && address.text()[at + 1] != '[' &&
           address.find('.', at + 1) == Unquoted::npos;
}

}  // namespace

std::string Rewriter::rewrite(std::string_view address, Context context) const {
    if (address.empty())
        return "";
    Unquoted tree = Unquoted::from(address);
    if (tree.empty() || tree.text() == "@")
        return "\"\"";
    drop_source_route(tree);
    if (options_.swap_bangpath)
        swap_bangpath(tree);
    if (options_.allow_percent_hack)
        turn_percent(tree);

    bool local = context == Context::local;
    const std::string& origin = local ? options_.myorigin : options_.remote_domain;
    const std::string& domain = local ? options_.mydomain : options_.remote_domain;
    size_t at = tree.rfind('@');
    if (at == Unquoted::npos) {
        if (options_.append_at_myorigin && !origin.empty()) {
            at = tree.size();
            tree.append("@");
            tree.append(origin);
        }
    }
    if (at != Unquoted::npos && options_.append_dot_mydomain && !domain.empty() &&
        lacks_dot(tree, at)) {
        tree.append(".");
        tree.append(domain);
    }
    drop_trailing_dot(tree);
    return tree.external();
}

}  // namespace rewrite
