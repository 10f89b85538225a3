// MatchList is a list of patterns as mydestination, relay_domains, mynetworks and others have it.
//
// Elements: a name, "!element" to exclude, "type:table" (a key that is found matches), "/file" with
// more elements. The first element that matches decides.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dict/maps.h"

namespace dict {

class MatchList {
  public:
    enum class Of : uint8_t {
        strings,    // as they are, without regard to case
        domains,    // "example.com"; ".example.com" matches below it; see parents
        addresses,  // numeric addresses against 192.0.2.0/24, [2001:db8::]/32 …
        clients,    // either of the two: the key is a name or a numeric address
    };
    enum class Match : uint8_t { no, yes, retry };
    struct Answer {
        Match match = Match::no;
        std::string element;  // what matched; for retry: why
        bool yes() const { return match == Match::yes; }
        bool retry() const { return match == Match::retry; }
    };

    MatchList();
    MatchList(MatchList&&) noexcept;
    MatchList& operator=(MatchList&&) noexcept;
    ~MatchList();

    // Of the elements of `parameter`. Domains match their subdomains too where
    // parent_domain_matches_subdomains names the parameter. Throws config::Error that names file,
    // line, parameter and element.
    static MatchList of(Of kind, Tables& tables, const config::Settings& settings,
                        std::string_view parameter);
    // The same of a text that is no parameter's value; `subdomains` as above. Throws config::Error
    // that names the element.
    static MatchList parse(Of kind, Tables& tables, std::string_view text, bool subdomains = false);

    bool empty() const;
    io::Task<Answer> match(std::string_view key) const;

  private:
    struct Element;
    void add(std::string_view text, Tables& tables, int depth, bool excluded);
    void add_file(const std::string& path, Tables& tables, int depth, bool excluded);
    void add_element(std::string text, Tables& tables, bool excluded);
    bool matches_name(std::string_view pattern, std::string_view key) const;
    io::Task<Lookup> ask(Table& table, std::string_view key) const;

    std::vector<Element> elements_;
    Of kind_ = Of::strings;
    bool subdomains_ = false;
};

}  // namespace dict
