#include "access/token_table.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "access/token_directory.h"
#include "store_fixture.h"

namespace sidespan::collector {
namespace {

using namespace std::chrono_literals;
using namespace testing;

/// Tokens in the database of each model.
template <class Model>
class TokenTableTest : public testing::StoreFixture<Model> {};
TYPED_TEST_SUITE(TokenTableTest, testing::Models);

TYPED_TEST(TokenTableTest, KeepsTokensBesideTheSpans) {
    StoreOptions options;
    options.address = this->model_->address();
    const auto table = openTokenTable(options);
    const auto other = openTokenTable(options);
    EXPECT_THAT(table->load(), IsEmpty());
    const auto atFirst = table->state();
    const StoredToken token{"0123456789abcdef",
                            http_server::sha256("secret"),
                            {http_server::Scope::ingest, http_server::Scope::readAll},
                            "it's \"ann\"",
                            1'700'000'000'123,
                            0};
    other->add(token);
    EXPECT_ANY_THROW(table->add(token)) << "an id is given once";
    const auto added = table->state();
    EXPECT_NE(added, atFirst);
    ASSERT_THAT(table->load(), SizeIs(1));
    const auto loaded = table->load()[0];
    EXPECT_EQ(loaded.id, token.id);
    EXPECT_EQ(loaded.digest, token.digest);
    EXPECT_EQ(loaded.scopes, token.scopes);
    EXPECT_EQ(loaded.owner, token.owner);
    EXPECT_EQ(loaded.createdUnixMs, token.createdUnixMs);
    EXPECT_EQ(loaded.revokedUnixMs, 0);
    EXPECT_FALSE(table->revoke("another", 5));
    EXPECT_TRUE(table->revoke(token.id, 5));
    EXPECT_FALSE(table->revoke(token.id, 6));
    EXPECT_EQ(other->load()[0].revokedUnixMs, 5);
    EXPECT_NE(other->state(), added);
    auto& store = this->open();
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))});
    EXPECT_THAT(load(store, traceA, 2).spans, SizeIs(1)) << "the same database holds spans";
}

// Nobody is let in, or told that a token is wrong, before the tokens were read.
TEST(TokenDirectory, DecidesNothingBeforeTheDatabaseAnswers) {
    struct Table final : TokenTable {
        std::string state() override {
            if (!isThere) throw StoreUnavailable("no");
            return "1";
        }
        std::vector<StoredToken> load() override {
            return {{"0123456789abcdef",
                     http_server::sha256(std::string(64, 'a')),
                     {http_server::Scope::read},
                     "ann",
                     1,
                     0}};
        }
        void add(const StoredToken&) override {}
        bool revoke(const std::string&, std::int64_t) override { return false; }
        std::atomic<bool> isThere{false};
    };
    auto table = std::make_unique<Table>();
    auto& there = table->isThere;
    const TokenDirectory directory(std::move(table), {});
    const auto token = TokenDirectory::tokenText("0123456789abcdef", std::string(64, 'a'));
    EXPECT_FALSE(directory.isEmpty());
    for (const auto& bearer : {token, std::string()}) {
        ASSERT_TRUE(directory.find(bearer));
        EXPECT_TRUE(directory.find(bearer)->isUndecided);
        EXPECT_FALSE(directory.find(bearer)->mayEnter);
    }
    there = true;
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (directory.find(token)->isUndecided && std::chrono::steady_clock::now() < end) {
    }
    EXPECT_TRUE(directory.find(token)->mayEnter);
    EXPECT_EQ(directory.find(token)->userId, "ann");
    EXPECT_FALSE(directory.find(""));
    EXPECT_FALSE(directory.find(TokenDirectory::tokenText("0123456789abcdef", std::string(64, 'b'))));
    EXPECT_FALSE(directory.find(token + "a"));
}

}
}
