#include "io/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <utility>

namespace bridge {
namespace {

/// Gzip and zlib frames are known by their first bytes. What has neither is taken for bare deflate,
/// which some servers send as "deflate".
int window_bits_of(std::string_view packed) {
  constexpr int kAnyFrame = 32 + MAX_WBITS;
  if (packed.size() < 2) return kAnyFrame;
  const unsigned first = static_cast<unsigned char>(packed[0]);
  const unsigned second = static_cast<unsigned char>(packed[1]);
  const bool gzip = first == 0x1F && second == 0x8B;
  const bool zlib = (first & 0x0F) == Z_DEFLATED && (first * 256 + second) % 31 == 0;
  return gzip || zlib ? kAnyFrame : -MAX_WBITS;
}

/// An inflate stream that ends itself.
class Inflater {
 public:
  explicit Inflater(std::string_view packed) {
    // zlib does not write to its input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    ready_ = inflateInit2(&stream_, window_bits_of(packed)) == Z_OK;
  }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Unpacks up to `room` bytes; returns how many and what zlib said.
  std::pair<std::size_t, int> into(char* out, std::size_t room) {
    if (!ready_) return {0, Z_MEM_ERROR};
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(room);
    const int said = inflate(&stream_, Z_NO_FLUSH);
    return {room - stream_.avail_out, said};
  }

  bool has_more_input() const { return stream_.avail_in != 0; }
  void next_member() { inflateReset(&stream_); }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

Error bad(const char* what) { return Error(Errc::malformed, what); }

}  // namespace

Result<std::string> unpack(std::string_view packed, std::size_t limit) {
  Inflater inflater(packed);
  std::string plain;
  // One byte beyond the limit tells "exactly full" from "too much".
  plain.resize(std::min(limit + 1, std::max<std::size_t>(4 * packed.size(), 4096)));
  std::size_t used = 0;
  for (;;) {
    const auto [added, said] = inflater.into(plain.data() + used, plain.size() - used);
    used += added;
    if (used > limit) return bad("the packed body unpacks to more than the limit");
    if (said == Z_STREAM_END) {
      if (!inflater.has_more_input()) break;
      inflater.next_member();
    } else if (said == Z_DATA_ERROR || said == Z_NEED_DICT) {
      return bad("the packed body is damaged");
    } else if (said != Z_OK && said != Z_BUF_ERROR) {
      return bad("the packed body cannot be unpacked: out of memory");
    } else if (!inflater.has_more_input() && used < plain.size()) {
      return bad("the packed body is cut off");
    }
    if (used == plain.size()) plain.resize(std::min(limit + 1, 2 * plain.size()));
  }
  plain.resize(used);
  return plain;
}

}  // namespace bridge
