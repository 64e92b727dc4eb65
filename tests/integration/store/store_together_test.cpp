#include "store/store.h"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store_fixture.h"

namespace sidespan::collector {
namespace {

using namespace testing;

/// Batches that are written together.
template <class Model>
class StoreTogetherTest : public testing::StoreFixture<Model> {};
TYPED_TEST_SUITE(StoreTogetherTest, testing::Models);

// Three clients, of which one is signed in; a trace that is there, traces that are new, a span that comes
// again, and a batch without spans.
TYPED_TEST(StoreTogetherTest, StoresThemAsOneAfterAnother) {
    const std::vector<SpanRow> before{row(spanJson(traceA, 1, 9, "encode", 2, 5))};
    const std::vector<std::vector<SpanRow>> rows{
        {row(spanJson(traceA, 2, 0, "upload", 0, 10)), before[0]},
        {ordinary(1), failed(2), ordinary(1)},
        {},
        {row(spanJson(traceB, 1, 0, "share", 0, 30)), row(spanJson(traceB, 2, 1, "network.post", 10, 20))}};
    const std::vector<Store::Submitter> submitters{
        {"ann", readClientReport("i2", "", "expired=2")},
        {"", readClientReport("i1", "home", "", "wall=1766012345000000000, monotonic=5")},
        {"ben", readClientReport("i3", "", "")},
        {"ben", {}}};
    std::vector<Store::Submission> batches;
    for (std::size_t i = 0; i < rows.size(); ++i) batches.push_back({rows[i], submitters[i]});

    auto& alone = this->open();
    std::vector<Store::Written> written;
    TraceTimes times;
    alone.write(before);
    for (const auto& batch : batches) {
        if (batch.rows.empty()) {
            written.emplace_back();
            continue;
        }
        auto one = alone.writeTogether({&batch, 1});
        written.push_back(one.batches.at(0));
        times.add(one.times);
    }
    const auto sums = [](Store& store) {
        RollupQuery query;
        query.untilHour = epoch / (3'600'000 * ms) + 24 * 500;
        query.by = {RollupDimension::operation};
        std::vector<std::string> list;
        for (const auto& [key, value] : store.rollups(query)) {
            const auto& spent = value.times;
            list.push_back(fmt::format("{} {} {} {} {} {} {}", key.series.operation, value.count,
                                       value.errors, spent.traces, spent.plugin, spent.network,
                                       spent.server));
        }
        return list;
    };
    const auto stored = [&] {
        auto list = this->model_->query(
            "SELECT name || ' ' || coalesce(user_id, '-') || ' ' || coalesce((SELECT instance FROM batches "
            "WHERE batches.id = batch_id), '-') FROM client_telemetry_spans ORDER BY 1");
        for (auto& client : this->model_->query(
                 "SELECT instance || ' ' || coalesce(user_id, '-') || ' ' || batches || ' ' || accepted || ' "
                 "' "
                 "|| lost_total || ' ' || coalesce(installation, '-') FROM clients ORDER BY 1"))
            list.push_back(std::move(client));
        for (auto& trace : this->model_->query(
                 "SELECT name || ' ' || coalesce(owner, '-') || ' ' || span_count || ' ' || error_count FROM "
                 "traces ORDER BY 1"))
            list.push_back(std::move(trace));
        return list;
    };
    const auto expected = stored();
    ASSERT_THAT(expected, SizeIs(6 + 2 + 4));

    const auto modelOfAlone = std::exchange(this->model_, std::make_unique<TypeParam>());
    auto& together = this->open();
    together.write(before);
    std::size_t taken = 0;
    const auto all = together.writeTogether(batches, [&](const auto& isNew) { taken += isNew.size(); });
    EXPECT_EQ(stored(), expected);
    EXPECT_EQ(sums(together), sums(alone));
    EXPECT_EQ(all.times, times);
    EXPECT_EQ(taken, 5U);
    ASSERT_THAT(all.batches, SizeIs(written.size()));
    for (std::size_t i = 0; i < written.size(); ++i) {
        EXPECT_EQ(all.batches[i].accepted, written[i].accepted) << i;
        EXPECT_EQ(all.batches[i].duplicate, written[i].duplicate) << i;
        EXPECT_EQ(all.batches[i].lost, written[i].lost) << i;
    }
}

TYPED_TEST(StoreTogetherTest, StoresAllOrNothingOfATraceThatTwoHave) {
    auto& store = this->open();
    const std::vector<SpanRow> one{row(spanJson(traceA, 1, 0, "upload", 0, 10))};
    const std::vector<SpanRow> other{row(spanJson(traceA, 2, 1, "encode", 2, 5))};
    const std::vector<Store::Submission> batches{{one, {}}, {other, {}}};
    try {
        store.writeTogether(batches);
        EXPECT_THAT(load(store, traceA, 10).spans, SizeIs(2));
    } catch (const std::logic_error&) {
        EXPECT_THAT(names({}, store), IsEmpty());
    }
}

TYPED_TEST(StoreTogetherTest, StoresNothingIfOneCannotBeStored) {
    auto& store = this->open();
    const std::vector<SpanRow> one{ordinary(1)};
    const std::vector<SpanRow> other{ordinary(2)};
    const std::vector<Store::Submission> batches{{one, {"", readClientReport("i1", "", "")}}, {other, {}}};
    EXPECT_THROW(static_cast<void>(store.writeTogether(
                     batches, [](const auto&) { throw std::runtime_error("nowhere to put them"); })),
                 std::runtime_error);
    EXPECT_THAT(names({}, store), IsEmpty());
    EXPECT_THAT(store.clients(10), IsEmpty());
    EXPECT_EQ(store.writeTogether(batches).batches.at(1).accepted, 1U);
    EXPECT_THAT(names({}, store), SizeIs(2));
}

}
}
