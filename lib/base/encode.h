// Encoder and Decoder put numbers and strings into bytes and take them out again: little-endian
// integers of fixed size, strings behind a 32-bit length.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace base {

// Bytes that are shorter than what they should hold, or that hold what cannot be.
struct DecodeError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Encoder {
  public:
    Encoder& u8(uint8_t n) { return raw(n); }
    Encoder& u16(uint16_t n) { return raw(n); }
    Encoder& u32(uint32_t n) { return raw(n); }
    Encoder& u64(uint64_t n) { return raw(n); }
    Encoder& i64(int64_t n) { return raw(n); }
    Encoder& bytes(std::string_view s) {
        out_.append(s);
        return *this;
    }
    Encoder& string(std::string_view s) { return u32(static_cast<uint32_t>(s.size())).bytes(s); }

    const std::string& view() const { return out_; }
    std::string take() { return std::move(out_); }
    size_t size() const { return out_.size(); }

  private:
    template <class N>
    Encoder& raw(N n) {
        out_.append(reinterpret_cast<const char*>(&n), sizeof n);
        return *this;
    }
    std::string out_;
};

// Reads what Encoder wrote; every call throws DecodeError where bytes are missing. The views it
// gives live as long as the input.
class Decoder {
  public:
    explicit Decoder(std::string_view in) : in_(in) {}

    uint8_t u8() { return raw<uint8_t>(); }
    uint16_t u16() { return raw<uint16_t>(); }
    uint32_t u32() { return raw<uint32_t>(); }
    uint64_t u64() { return raw<uint64_t>(); }
    int64_t i64() { return raw<int64_t>(); }
    std::string_view bytes(size_t n) {
        if (n > in_.size())
            throw DecodeError("data ends early");
        std::string_view got = in_.substr(0, n);
        in_.remove_prefix(n);
        return got;
    }
    std::string_view string() { return bytes(u32()); }

    bool empty() const { return in_.empty(); }
    size_t left() const { return in_.size(); }

  private:
    template <class N>
    N raw() {
        N n;
        std::memcpy(&n, bytes(sizeof n).data(), sizeof n);
        return n;
    }
    std::string_view in_;
};

}  // namespace base
