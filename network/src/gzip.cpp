#include "gzip.h"

#include <algorithm>
#include <limits>

#include <zlib.h>

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {

struct Gzip::Stream {
    z_stream z{};
    bool isOpen = false;

    // 15 bits of window, and 16 for gzip's header instead of zlib's.
    Stream() { isOpen = deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK; }
    ~Stream() {
        if (isOpen) deflateEnd(&z);
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
};

Gzip::Gzip() = default;
Gzip::~Gzip() = default;

SIDESPAN_COLD std::string_view Gzip::compress(std::string_view body) {
    if (!stream_) stream_ = std::make_unique<Stream>();
    z_stream& z = stream_->z;
    if (!stream_->isOpen || deflateReset(&z) != Z_OK || body.size() > std::numeric_limits<uInt>::max())
        return {};
    if (out_.size() < body.size()) out_.resize(body.size());
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));  // zlib never writes there
    z.avail_in = static_cast<uInt>(body.size());
    z.next_out = reinterpret_cast<Bytef*>(out_.data());
    z.avail_out = static_cast<uInt>(body.size());
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) return {};
    return std::string_view(out_).substr(0, z.total_out);
}

}
