#include "ingest/gunzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace sidespan::collector {
namespace {

std::string gzip(std::string_view text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

GzipError::Kind kindOfFailure(std::string_view packed, std::size_t limit) {
    try {
        (void)gunzip(packed, limit);
    } catch (const GzipError& error) {
        return error.kind();
    }
    ADD_FAILURE() << "was unpacked";
    return GzipError::Kind::malformed;
}

TEST(Gzip, UnpacksWhatWasPacked) {
    std::string text(300'000, 'a');
    EXPECT_EQ(gunzip(gzip(text), text.size()), text);
    EXPECT_EQ(gunzip(gzip(""), 0), "");
}

TEST(Gzip, UnpacksSeveralMembers) {
    EXPECT_EQ(gunzip(gzip("one ") + gzip("two"), 100), "one two");
}

TEST(Gzip, StopsABombAtTheLimit) {
    EXPECT_EQ(kindOfFailure(gzip(std::string(50'000'000, '0')), 1'000'000), GzipError::Kind::tooLarge);
}

TEST(Gzip, RefusesWhatIsCutOffOrDamaged) {
    auto packed = gzip("some text that is long enough");
    for (std::size_t size = 0; size < packed.size(); ++size) {
        EXPECT_EQ(kindOfFailure(packed.substr(0, size), 1000), GzipError::Kind::malformed) << size;
    }
    packed[packed.size() - 5] = static_cast<char>(packed[packed.size() - 5] ^ 1);
    EXPECT_EQ(kindOfFailure(packed, 1000), GzipError::Kind::malformed);
    EXPECT_EQ(kindOfFailure("plain text", 1000), GzipError::Kind::malformed);
    EXPECT_EQ(kindOfFailure(gzip("one") + "rest", 1000), GzipError::Kind::malformed);
}

}
}
