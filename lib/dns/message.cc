#include "lib/dns/message.h"

#include <arpa/inet.h>
#include <ldns/ldns.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

#include "lib/base/text.h"
#include "lib/dns/domain.h"

namespace dns {

namespace {

constexpr size_t header_bytes = 12;
constexpr size_t records_read = 2 * records_used;
constexpr size_t others_read = 64;

struct Free {
    void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
    void operator()(ldns_rr* record) const { ldns_rr_free(record); }
    void operator()(ldns_rdf* field) const { ldns_rdf_deep_free(field); }
    void operator()(char* text) const { std::free(text); }
    void operator()(uint8_t* bytes) const { std::free(bytes); }
};
using Packet = std::unique_ptr<ldns_pkt, Free>;
using WireRecord = std::unique_ptr<ldns_rr, Free>;
using Field = std::unique_ptr<ldns_rdf, Free>;

struct KnownType {
    Type type;
    const char* text;
    size_t fields;
};
constexpr KnownType known_types[] = {
    {Type::a, "A", 1},       {Type::ns, "NS", 1},   {Type::cname, "CNAME", 1},
    {Type::ptr, "PTR", 1},   {Type::mx, "MX", 2},   {Type::txt, "TXT", 1},
    {Type::aaaa, "AAAA", 1}, {Type::srv, "SRV", 4}, {Type::tlsa, "TLSA", 4},
};

const KnownType* known(uint16_t type) {
    for (const KnownType& each : known_types)
        if (static_cast<uint16_t>(each.type) == type)
            return &each;
    return nullptr;
}

// In lower case, without the dot at the end, odd bytes escaped; "" for the root.
std::string name_of(const ldns_rdf* field) {
    std::unique_ptr<char, Free> text(ldns_rdf2str(field));
    if (!text)
        throw std::bad_alloc();
    std::string name = base::lower(std::string_view(text.get()));
    if (!name.empty() && name.back() == '.')
        name.pop_back();
    return name;
}

std::string_view bytes_of(const ldns_rdf* field) {
    return {reinterpret_cast<const char*>(ldns_rdf_data(field)), ldns_rdf_size(field)};
}

uint8_t byte_of(const ldns_rdf* field) {
    return static_cast<uint8_t>(bytes_of(field).front());
}

std::optional<Address> address_of(const ldns_rdf* field, int family, size_t size) {
    char text[INET6_ADDRSTRLEN];
    if (ldns_rdf_size(field) != size ||
        inet_ntop(family, ldns_rdf_data(field), text, sizeof text) == nullptr)
        return std::nullopt;
    return Address{text};
}

Text text_of(const ldns_rr* record) {
    Text joined;
    for (size_t i = 0; i < ldns_rr_rd_count(record); ++i)
        joined.text += bytes_of(ldns_rr_rdf(record, i)).substr(1);  // behind its length
    return joined;
}

// Reads one packet from front to back.
class Reader {
  public:
    explicit Reader(std::string_view packet)
        : wire_(reinterpret_cast<const uint8_t*>(packet.data())), size_(packet.size()) {}

    std::optional<Message> read();

  private:
    bool section(ldns_pkt_section which, size_t count, size_t most);
    bool read_question(size_t count);
    bool take(ldns_pkt_section which, const ldns_rr* record);
    bool take_answer(const ldns_rr* record);
    bool take_data(const ldns_rr* record, Record& into);
    bool take_name(const ldns_rdf* field, bool may_be_root, const Record& in, std::string& into);
    void take_authority(const ldns_rr* record);

    const uint8_t* wire_;
    size_t size_;
    size_t at_ = header_bytes;
    bool cut_ = false;
    Message message_;
};

std::optional<Message> Reader::read() {
    if (size_ < header_bytes)
        return std::nullopt;
    message_.id = LDNS_ID_WIRE(wire_);
    message_.response = LDNS_QR_WIRE(wire_);
    message_.authoritative = LDNS_AA_WIRE(wire_);
    message_.truncated = LDNS_TC_WIRE(wire_);
    message_.recursive = LDNS_RA_WIRE(wire_);
    message_.authentic = LDNS_AD_WIRE(wire_);
    message_.code = static_cast<Code>(LDNS_RCODE_WIRE(wire_));
    if (LDNS_OPCODE_WIRE(wire_) != LDNS_PACKET_QUERY || !read_question(LDNS_QDCOUNT(wire_)))
        return std::nullopt;
    // A truncated message may end anywhere; it is only good for asking again.
    if (message_.truncated)
        return std::move(message_);
    if (!section(LDNS_SECTION_ANSWER, LDNS_ANCOUNT(wire_), records_read) ||
        !section(LDNS_SECTION_AUTHORITY, LDNS_NSCOUNT(wire_), others_read) ||
        !section(LDNS_SECTION_ADDITIONAL, LDNS_ARCOUNT(wire_), others_read))
        return std::nullopt;
    return std::move(message_);
}

bool Reader::read_question(size_t count) {
    if (count > 1)
        return false;
    if (count == 0)
        return true;
    ldns_rr* raw = nullptr;
    if (ldns_wire2rr(&raw, wire_, size_, &at_, LDNS_SECTION_QUESTION) != LDNS_STATUS_OK)
        return false;
    WireRecord record(raw);
    const KnownType* type = known(ldns_rr_get_type(raw));
    if (type != nullptr && ldns_rr_get_class(raw) == LDNS_RR_CLASS_IN)
        message_.question.emplace(name_of(ldns_rr_owner(raw)), type->type);
    return true;
}

bool Reader::section(ldns_pkt_section which, size_t count, size_t most) {
    if (cut_)
        return true;
    for (size_t i = 0; i < count; ++i) {
        if (i == most) {
            cut_ = true;
            message_.excess = message_.excess || which == LDNS_SECTION_ANSWER;
            return true;
        }
        ldns_rr* raw = nullptr;
        if (ldns_wire2rr(&raw, wire_, size_, &at_, which) != LDNS_STATUS_OK)
            return false;
        WireRecord record(raw);
        if (!take(which, raw))
            return false;
    }
    return true;
}

bool Reader::take(ldns_pkt_section which, const ldns_rr* record) {
    // The upper bits of the code are in the TTL of the OPT record (RFC 6891 section 6.1.3).
    if (ldns_rr_get_type(record) == LDNS_RR_TYPE_OPT) {
        unsigned upper = ldns_rr_ttl(record) >> 24;
        message_.code = static_cast<Code>(upper << 4 | static_cast<unsigned>(message_.code));
        return which == LDNS_SECTION_ADDITIONAL;
    }
    if (ldns_rr_get_class(record) != LDNS_RR_CLASS_IN)
        return true;
    if (which == LDNS_SECTION_ANSWER)
        return take_answer(record);
    if (which == LDNS_SECTION_AUTHORITY)
        take_authority(record);
    return true;
}

void Reader::take_authority(const ldns_rr* record) {
    if (ldns_rr_get_type(record) == LDNS_RR_TYPE_NS)
        message_.has_nameservers = true;
    if (ldns_rr_get_type(record) != LDNS_RR_TYPE_SOA || ldns_rr_rd_count(record) != 7)
        return;
    uint32_t minimum = ldns_rdf2native_int32(ldns_rr_rdf(record, 6));
    message_.authority =
        Message::Authority{name_of(ldns_rr_owner(record)), std::min(minimum, ldns_rr_ttl(record))};
}

// False for a record that is not what its type says.
bool Reader::take_answer(const ldns_rr* record) {
    const KnownType* type = known(ldns_rr_get_type(record));
    if (type == nullptr)
        return true;
    size_t fields = ldns_rr_rd_count(record);
    if (fields < type->fields || (fields > type->fields && type->type != Type::txt))
        return false;
    Record taken;
    taken.owner = name_of(ldns_rr_owner(record));
    taken.type = type->type;
    taken.ttl = ldns_rr_ttl(record);
    size_t bad_before = message_.bad_names.size();
    if (!take_data(record, taken))
        return false;
    if (message_.bad_names.size() == bad_before)
        message_.answers.push_back(std::move(taken));
    return true;
}

bool Reader::take_data(const ldns_rr* record, Record& into) {
    auto field = [record](size_t n) { return ldns_rr_rdf(record, n); };
    auto short_at = [field](size_t n) { return ldns_rdf2native_int16(field(n)); };
    bool wide = into.type == Type::aaaa;
    switch (into.type) {
        case Type::a:
        case Type::aaaa: {
            auto address = address_of(field(0), wide ? AF_INET6 : AF_INET, wide ? 16 : 4);
            if (address)
                into.data = std::move(*address);
            return address.has_value();
        }
        case Type::ns:
        case Type::cname:
        case Type::ptr:
            return take_name(field(0), false, into, into.data.emplace<Host>().name);
        case Type::mx: {
            Exchange& exchange = into.data.emplace<Exchange>();
            exchange.preference = short_at(0);
            return take_name(field(1), true, into, exchange.name);
        }
        case Type::srv: {
            Service& service = into.data.emplace<Service>();
            service.priority = short_at(0);
            service.weight = short_at(1);
            service.port = short_at(2);
            return take_name(field(3), true, into, service.name);
        }
        case Type::txt:
            into.data = text_of(record);
            return true;
        case Type::tlsa:
            into.data = Certificate{byte_of(field(0)), byte_of(field(1)), byte_of(field(2)),
                                    std::string(bytes_of(field(3)))};
            return true;
    }
    return false;
}

// Numbers in place of names are common in MX records, so they pass.
bool Reader::take_name(const ldns_rdf* field, bool may_be_root, const Record& in,
                       std::string& into) {
    into = name_of(field);
    bool good = into.empty() ? may_be_root : is_domain(into) || is_numeric(into);
    if (!good)
        message_.bad_names.push_back({in.owner, in.type, into});
    return true;
}

}  // namespace

std::string type_text(Type type) {
    return known(static_cast<uint16_t>(type))->text;
}

std::optional<Type> type_named(std::string_view text) {
    for (const KnownType& each : known_types)
        if (base::equal_nocase(text, each.text))
            return each.type;
    return std::nullopt;
}

std::string build_query(const Question& question, uint16_t id, QueryOptions options) {
    ldns_rdf* name = ldns_dname_new_frm_str(question.name.empty() ? "." : question.name.c_str());
    if (name == nullptr)
        throw std::bad_alloc();
    // AD: the answer should say whether it was validated (RFC 6840 section 5.7). Servers too old
    // for EDNS may take that bit amiss as well.
    uint16_t flags = options.edns ? LDNS_RD | LDNS_AD : LDNS_RD;
    // The packet owns the name.
    Packet packet(ldns_pkt_query_new(name, static_cast<ldns_rr_type>(question.type),
                                     LDNS_RR_CLASS_IN, flags));
    if (!packet)
        throw std::bad_alloc();
    ldns_pkt_set_id(packet.get(), id);
    if (options.edns) {
        ldns_pkt_set_edns_udp_size(packet.get(), edns_udp_bytes);
        ldns_pkt_set_edns_do(packet.get(), options.dnssec);
    }
    uint8_t* raw = nullptr;
    size_t size = 0;
    if (ldns_pkt2wire(&raw, packet.get(), &size) != LDNS_STATUS_OK)
        throw std::bad_alloc();
    std::unique_ptr<uint8_t, Free> wire(raw);
    return std::string(reinterpret_cast<const char*>(raw), size);
}

std::optional<Message> parse_message(std::string_view packet) {
    return Reader(packet).read();
}

std::optional<uint16_t> id_of(std::string_view packet) {
    if (packet.size() < 2)
        return std::nullopt;
    auto byte = [packet](size_t n) { return static_cast<unsigned char>(packet[n]); };
    return static_cast<uint16_t>(byte(0) << 8 | byte(1));
}

}  // namespace dns
