#include "ingest/gunzip.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <zlib.h>

namespace sidespan::collector {

namespace {

class Inflater {
public:
    Inflater() {
        constexpr int gzipOnly = 15 + 16;  // zlib.h, inflateInit2
        if (inflateInit2(&stream_, gzipOnly) != Z_OK) throw std::bad_alloc();
    }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    z_stream* operator->() noexcept { return &stream_; }
    int step() noexcept { return inflate(&stream_, Z_NO_FLUSH); }
    void nextMember() noexcept { inflateReset(&stream_); }

private:
    z_stream stream_{};
};

}

std::string gunzip(std::string_view packed, std::size_t limit) {
    if (packed.size() > std::numeric_limits<uInt>::max()) {
        throw GzipError(GzipError::Kind::tooLarge, "the gzip body is over 4 GiB");
    }
    Inflater inflater;
    // zlib.h declares input without const, and does not write to it.
    inflater->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    inflater->avail_in = static_cast<uInt>(packed.size());
    std::string result;
    for (;;) {
        constexpr std::size_t chunk = 64U << 10;
        auto used = result.size();
        result.resize(used + chunk);
        inflater->next_out = reinterpret_cast<Bytef*>(result.data() + used);
        inflater->avail_out = static_cast<uInt>(chunk);
        int status = inflater.step();
        result.resize(used + chunk - inflater->avail_out);
        if (result.size() > limit) {
            throw GzipError(GzipError::Kind::tooLarge,
                            fmt::format("the gzip body holds more than {} bytes unpacked", limit));
        }
        if (status == Z_STREAM_END) {
            if (inflater->avail_in == 0) return result;
            inflater.nextMember();
        } else if (status != Z_OK) {
            throw GzipError(GzipError::Kind::malformed, "the body is not whole gzip data");
        }
    }
}

}
