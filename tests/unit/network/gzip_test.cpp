#include <string>

#include <gtest/gtest.h>
#include <zlib.h>

#include "gzip.h"

namespace sidespan::detail {
namespace {

TEST(Gzip, GivesWhatGunzipReads) {
    Gzip gzip;
    for (const std::string& body :
         {std::string(100000, 'x'), std::string("[") + std::string(5000, 'y') + "]"}) {
        const auto compressed = gzip.compress(body);
        ASSERT_FALSE(compressed.empty());
        std::string out(body.size(), '\0');
        z_stream z{};
        inflateInit2(&z, 15 + 16);
        z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
        z.avail_in = static_cast<uInt>(compressed.size());
        z.next_out = reinterpret_cast<Bytef*>(out.data());
        z.avail_out = static_cast<uInt>(out.size());
        EXPECT_EQ(inflate(&z, Z_FINISH), Z_STREAM_END);
        inflateEnd(&z);
        EXPECT_EQ(out, body);
    }
}

TEST(Gzip, LeavesAloneWhatDoesNotGetSmaller) {
    EXPECT_TRUE(Gzip().compress("[]").empty());
}

}
}
