#include "outbox/disk/batch_file.h"

#include <gtest/gtest.h>

namespace sidespan::detail {
namespace {

std::unique_ptr<Batch> makeBatch() {
    auto batch = std::make_unique<Batch>();
    batch->id = Uuid::random();
    batch->contentType = "application/json";
    batch->path = "/api/v1/telemetry/spans";
    batch->generation = 3;
    batch->made = DeliveryClock::WallTime(std::chrono::seconds{1'700'000'000});
    batch->body.append("[{a},{bb}]");
    batch->head = 1;
    batch->spanEnds = {4, 9};
    return batch;
}

std::string fileOf(const Batch& batch) {
    std::string bytes;
    const BatchFile file(batch, "https://example.com");
    for (const auto piece : file.pieces()) bytes += piece;
    return bytes;
}

TEST(BatchFile, GivesBackWhatWasWritten) {
    const auto batch = makeBatch();
    const auto read = BatchFile::parse(fileOf(*batch));
    ASSERT_TRUE(read.isSuccess()) << read.error().message;
    const auto& copy = *read.value().batch;
    EXPECT_EQ(read.value().destination, "https://example.com");
    EXPECT_EQ(copy.id, batch->id);
    EXPECT_EQ(copy.contentType, batch->contentType);
    EXPECT_EQ(copy.path, batch->path);
    EXPECT_EQ(copy.generation, 3U);
    EXPECT_EQ(copy.made, batch->made);
    EXPECT_EQ(copy.head, batch->head);
    EXPECT_EQ(copy.spanEnds, batch->spanEnds);
    EXPECT_EQ(copy.body.view(), batch->body.view());
    EXPECT_EQ(copy.bodyBytes, batch->body.size());
}

TEST(BatchFile, RefusesEveryBeginningOfItself) {
    const auto bytes = fileOf(*makeBatch());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(BatchFile::parse(std::string_view(bytes).substr(0, size)).isSuccess()) << size;
    }
    EXPECT_FALSE(BatchFile::parse(bytes + "x").isSuccess());
}

TEST(BatchFile, RefusesEveryFlippedBit) {
    const auto bytes = fileOf(*makeBatch());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto changed = bytes;
            changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << bit));
            EXPECT_FALSE(BatchFile::parse(changed).isSuccess()) << at << "." << bit;
        }
    }
}

TEST(BatchFile, KnowsALaterVersion) {
    auto bytes = fileOf(*makeBatch());
    EXPECT_FALSE(BatchFile::isOfLaterVersion(bytes));
    bytes[8] = 2;
    EXPECT_TRUE(BatchFile::isOfLaterVersion(bytes));
    for (const std::string_view text : {"", "sidespan", "sidespa2\2\0\0\0"}) {
        EXPECT_FALSE(BatchFile::isOfLaterVersion(text)) << text;
    }
}

TEST(BatchFile, RefusesSpansThatDoNotLieInTheBody) {
    for (const std::vector<std::uint32_t>& ends :
         {std::vector<std::uint32_t>{}, {4, 4}, {9, 4}, {4, 11}, {0}}) {
        auto batch = makeBatch();
        batch->spanEnds = ends;
        EXPECT_FALSE(BatchFile::parse(fileOf(*batch)).isSuccess());
    }
}

}
}
