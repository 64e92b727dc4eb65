#include "store/store.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sidespan/trace_id.h>
#include <boost/json/array.hpp>

#include "store_fixture.h"

namespace sidespan::collector {
namespace {

using namespace std::chrono_literals;
using namespace testing;

/// What every model does alike.
template <class Model>
class StoreTest : public testing::StoreFixture<Model> {};
TYPED_TEST_SUITE(StoreTest, testing::Models);

TYPED_TEST(StoreTest, StoresASpanOnceHoweverOftenItComes) {
    auto& store = this->open();
    std::vector<SpanRow> rows{row(spanJson(traceA, 1, 0, "a", 0, 1)), row(spanJson(traceA, 2, 1, "b", 0, 1)),
                              row(spanJson(traceA, 1, 0, "a", 0, 1))};
    auto first = store.write(rows);
    EXPECT_EQ(first.accepted, 2U);
    EXPECT_EQ(first.duplicate, 1U);
    auto second = store.write(rows);
    EXPECT_EQ(second.accepted, 0U);
    EXPECT_EQ(second.duplicate, 3U);
    auto trace = load(store, traceA, 100);
    EXPECT_THAT(trace.spans, SizeIs(2));
    EXPECT_EQ(trace.spanCount, 2U);
}

TYPED_TEST(StoreTest, KeepsTheSameSpanIdOfTwoTracesApart) {
    auto& store = this->open();
    EXPECT_EQ(store.write({row(spanJson(traceA, 1, 0, "a", 0, 1)), row(spanJson(traceB, 1, 0, "b", 0, 1))})
                  .accepted,
              2U);
}

TYPED_TEST(StoreTest, GivesBackTheSpanItWasGiven) {
    auto json = spanJson(traceA, 1, 9, "audio.encode", 0, 3.25);
    json["status"] = "error";
    json["statusMessage"] = "disk \"full\" \xc3\xa9";
    json["kind"] = "client";
    json["clientType"] = "cli";
    json["clientVersion"] = "2.0";
    json["droppedAttributes"] = 3;
    json["droppedLinks"] = 4;
    json["serviceName"] = "LoopShare";
    json["attributes"] = boost::json::object{
        {"s", std::string("a\0b", 3)}, {"i", -5}, {"d", 0.1}, {"whole", 48000.0}, {"b", false}};
    json["events"] = boost::json::array{boost::json::object{{"timestamp", 1}, {"name", "e"}}};
    auto& store = this->open();
    store.write({row(json)});
    auto trace = load(store, traceA, 100);
    ASSERT_THAT(trace.spans, SizeIs(1));
    json["attributes"].as_object()["s"] = "a" + std::string(TypeParam::storedNul) + "b";
    EXPECT_EQ(trace.spans[0].span, Span::fromJson(json));
}

TYPED_TEST(StoreTest, OpensWhatItWroteBefore) {
    this->open().write({row(spanJson(traceA, 1, 0, "a", 0, 1))});
    this->stores_.clear();
    auto& store = this->open();
    EXPECT_EQ(store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))}).duplicate, 1U);
}

TYPED_TEST(StoreTest, ReadsNoMoreBytesOfATraceThanItMay) {
    auto& store = this->open();
    std::vector<SpanRow> rows;
    for (std::uint64_t i = 1; i <= 10; ++i) {
        auto json = spanJson(traceA, i, 0, "a", static_cast<double>(i), 20);
        json["attributes"] = {{"text", std::string(1'000, 'x')}};
        rows.push_back(row(json));
        rows.back().resource =
            std::make_shared<const std::string>(R"({"host":")" + std::string(1'000 + i, 'r') + R"("})");
    }
    EXPECT_EQ(store.write(rows).accepted, 10U);
    const auto trace = load(store, traceA, 100, 5'000);
    EXPECT_THAT(trace.spans, SizeIs(3));
    EXPECT_EQ(trace.spanCount, 10U);
    EXPECT_THAT(load(store, traceA, 100, 1).spans, SizeIs(1));
}

TYPED_TEST(StoreTest, LeadsFromAClientsClockToTheServers) {
    using testing::epoch;
    using testing::ms;
    auto& store = this->open();
    const auto write = [&](std::uint64_t id, double startMs, const ClientClock& clock) {
        store.write({row(spanJson(traceA, id, 0, "a", startMs, startMs + 1))},
                    {"", {"client-1", "", {}, clock}});
    };
    const auto shifts = [&] {
        std::vector<std::optional<ClockShift>> list;
        for (const auto& one : load(store, traceA, 10).spans) list.push_back(one.clock);
        return list;
    };
    // The client's wall clock is 90 s behind. It is set right before the third batch.
    constexpr std::int64_t serverAtStart = epoch + 90'000 * ms;
    write(1, 0, {epoch, 0, {}});
    EXPECT_THAT(shifts(), ElementsAre(std::nullopt)) << "no batch has told of an offset yet";
    write(2, 10'000, {epoch + 10'000 * ms, 10'000 * ms, ClientClock::Offset{serverAtStart, 3 * ms}});
    write(3, 110'000, {epoch + 110'000 * ms, 20'000 * ms, ClientClock::Offset{serverAtStart, 2 * ms}});
    EXPECT_THAT(shifts(), ElementsAre(ClockShift{90'000 * ms, 2 * ms + 20'000 * ms / 5000},
                                      ClockShift{90'000 * ms, 3 * ms}, ClockShift{0, 2 * ms}));
}

TYPED_TEST(StoreTest, KeepsEachResourceOnceAndFindsItsTraces) {
    auto& store = this->open();
    const auto of = [](std::string_view trace, std::uint64_t id, const char* resource) {
        auto span = row(spanJson(trace, id, 0, "a", 0, 1));
        span.resource = std::make_shared<const std::string>(resource);
        return span;
    };
    constexpr const char* live = R"({"daw.name":"Live 12","build":512})";
    store.write({of(traceA, 1, live), of(traceA, 2, live), of(traceB, 3, R"({"daw.name":"Ardour"})")});
    store.write({of(traceA, 4, live)});
    const auto trace = load(store, traceA, 100);
    ASSERT_THAT(trace.spans, SizeIs(3));
    EXPECT_EQ(trace.spans[0].resource, trace.spans[2].resource);
    EXPECT_EQ(trace.spans[0].resource->at("build"), 512);
    const auto found = [&](const char* text) {
        TraceQuery query;
        query.text = text;
        std::vector<std::string> ids;
        for (const auto& one : store.list(query, 10s).traces) ids.push_back(one.traceId);
        return ids;
    };
    EXPECT_THAT(found("Live 12"), ElementsAre(traceA));
    EXPECT_THAT(found("Ardour"), ElementsAre(traceB));
    EXPECT_THAT(found("512"), ElementsAre(traceA));
    EXPECT_THAT(found("Reaper"), IsEmpty());
    EXPECT_THAT(this->model_->query("SELECT count(*) FROM resources"), ElementsAre("2"));
}

TYPED_TEST(StoreTest, TellsProductsApart) {
    auto& store = this->open();
    const auto of = [&](std::string_view trace, std::uint64_t id, std::uint64_t parent, const char* service) {
        auto span = row(spanJson(trace, id, parent, "a", 0, 1));
        span.serviceName = service;
        return span;
    };
    store.write(
        {of(traceA, 1, 0, "LoopShare"), of(traceA, 2, 1, "loop-service"), of(traceB, 1, 0, "Other_1")},
        {"", {"instance", "", {}}});
    const auto found = [&](TraceQuery query) {
        std::string services;
        for (const auto& trace : store.list(query, 1min).traces) services += trace.serviceName + " ";
        return services;
    };
    const auto ofService = [](std::string service) {
        TraceQuery query;
        query.service = std::move(service);
        return query;
    };
    EXPECT_THAT(found({}), ::testing::AnyOf("LoopShare Other_1 ", "Other_1 LoopShare "));
    EXPECT_EQ(found(ofService("LoopShare")), "LoopShare ");
    EXPECT_EQ(found(ofService("loop-service")), "LoopShare ") << "some span of the trace is the service's";
    EXPECT_EQ(found(ofService("Loop")), "");
    TraceQuery search;
    search.text = "ther_1";
    EXPECT_EQ(found(search), "Other_1 ");
    EXPECT_EQ(load(store, traceA, 10).spans.at(1).span.serviceName, "loop-service");
    EXPECT_EQ(store.clients(10).at(0).serviceName, "LoopShare");
}

TYPED_TEST(StoreTest, AddsUpWhatAClientSentAndKeepsItsLargestLoss) {
    auto& store = this->open();
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1)), row(spanJson(traceA, 2, 0, "b", 0, 1))},
                {"", {"client-1", "installation-1", {{"expired", 5}}}});
    store.write({row(spanJson(traceA, 2, 0, "b", 0, 1)), row(spanJson(traceA, 3, 0, "c", 0, 1))},
                {"", {"client-1", "installation-1", {{"expired", 3}}}});
    store.write({row(spanJson(traceB, 1, 0, "d", 0, 1))}, {"", {"client-2", "", {}}});
    auto clients = store.clients(10);
    ASSERT_THAT(clients, SizeIs(2));
    const auto& first = clients[0].instance == "client-1" ? clients[0] : clients[1];
    EXPECT_EQ(first.batches, 2);
    EXPECT_EQ(first.accepted, 3);
    EXPECT_EQ(first.installation, "installation-1");
    EXPECT_EQ(first.lostTotal, 5);
    EXPECT_EQ(first.lost, R"({"expired":5})");
}

TYPED_TEST(StoreTest, NamesATraceAfterItsRootWheneverThatArrives) {
    auto& store = this->open();
    store.write({row(spanJson(traceA, 2, 1, "child", 5, 8))});
    EXPECT_THAT(names({}, store), ElementsAre("child"));
    store.write({row(spanJson(traceA, 1, 0, "root", 0, 10))});
    auto list = store.list({}, 10s);
    ASSERT_THAT(list.traces, SizeIs(1));
    EXPECT_EQ(list.traces[0].name, "root");
    EXPECT_TRUE(list.traces[0].hasRoot);
    EXPECT_EQ(list.traces[0].durationNanos, 10 * testing::ms);
    EXPECT_EQ(list.traces[0].spanCount, 2);
    store.write({row(spanJson(traceA, 3, 1, "early child", -5, -4))});
    EXPECT_THAT(names({}, store), ElementsAre("root"));
}

TYPED_TEST(StoreTest, ListsTheNewestFirstAndAtMostAsManyAsAsked) {
    auto& store = this->open();
    store.write(
        {row(spanJson(traceB, 1, 0, "newer", 1000, 1001)), row(spanJson(traceA, 1, 0, "older", 0, 1))});
    EXPECT_THAT(names({}, store), ElementsAre("newer", "older"));
    TraceQuery one;
    one.limit = 1;
    EXPECT_THAT(names(one, store), ElementsAre("newer"));
}

TYPED_TEST(StoreTest, AClientAheadOfTimeIsNotListedFirstForever) {
    auto& store = this->open();
    auto day = 86'400'000.0;
    store.write({row(spanJson(traceA, 1, 0, "from the future", 30'000 * day, 30'000 * day + 1))});
    auto now = std::chrono::system_clock::now().time_since_epoch() / 1ms;
    auto nowMs = static_cast<double>(now) - static_cast<double>(testing::epoch / testing::ms) + 1000;
    auto ahead = row(spanJson(traceB, 1, 0, "now", nowMs, nowMs + 1));
    store.write({ahead});
    EXPECT_THAT(names({}, store), ElementsAre("now", "from the future"));
}

TYPED_TEST(StoreTest, FindsByNameStatusDurationAndText) {
    auto& store = this->open();
    auto failed = spanJson(traceA, 2, 1, "network.post", 0, 5);
    failed["status"] = "error";
    failed["statusMessage"] = "connection refused";
    auto attributed = spanJson(traceB, 1, 0, "feed.load", 10, 12);
    attributed["attributes"] = boost::json::object{{"file.name", "my_loop 100%.wav"},
                                                   {"folder", R"(C:\Loops\"new")"},
                                                   {"gain", 0.25},
                                                   {"rate", 48000.0}};
    store.write({row(spanJson(traceA, 1, 0, "audio.upload", 0, 50)), row(failed), row(attributed)});

    TraceQuery byName;
    byName.name = "network.post";
    EXPECT_THAT(names(byName, store), ElementsAre("audio.upload"));
    byName.name = "network";
    EXPECT_THAT(names(byName, store), IsEmpty());

    TraceQuery byStatus;
    byStatus.status = SpanStatus::error;
    EXPECT_THAT(names(byStatus, store), ElementsAre("audio.upload"));
    byStatus.status = SpanStatus::ok;
    EXPECT_THAT(names(byStatus, store), ElementsAre("feed.load"));

    TraceQuery byDuration;
    byDuration.minDurationNanos = 2 * testing::ms + 1;
    EXPECT_THAT(names(byDuration, store), ElementsAre("audio.upload"));

    auto byText = [&](std::string text) {
        TraceQuery query;
        query.text = std::move(text);
        return names(query, store);
    };
    EXPECT_THAT(byText("REFUSED"), ElementsAre("audio.upload"));
    EXPECT_THAT(byText("loop 100%"), ElementsAre("feed.load"));
    EXPECT_THAT(byText("my%wav"), IsEmpty());
    EXPECT_THAT(byText("my_loop"), ElementsAre("feed.load"));
    EXPECT_THAT(byText("myxloop"), IsEmpty());
    EXPECT_THAT(byText(R"(C:\Loops)"), ElementsAre("feed.load"));
    EXPECT_THAT(byText(R"("new")"), ElementsAre("feed.load"));
    EXPECT_THAT(byText(std::string(traceA.substr(0, 8))), ElementsAre("audio.upload"));
    std::string digits(traceA);
    std::erase(digits, '-');
    EXPECT_THAT(byText(digits), ElementsAre("audio.upload"));
    EXPECT_THAT(byText(digits.substr(0, 15)), ElementsAre("audio.upload"));
    EXPECT_THAT(byText("audio"), ElementsAre("audio.upload"));
    for (const char* number : {"0.25", "2.5e-1", "48000", "48000.0"})
        EXPECT_THAT(byText(number), ElementsAre("feed.load")) << number;
    for (const char* number : {"0.2", "25", "4800", "480"}) EXPECT_THAT(byText(number), IsEmpty()) << number;
}

TYPED_TEST(StoreTest, FindsByTheTimeAndTheDurationOfTheSpanWithTheName) {
    auto& store = this->open();
    store.write({row(spanJson(traceA, 1, 0, "audio.upload", 0, 100)),
                 row(spanJson(traceA, 2, 1, "audio.encode", 40, 45))});
    store.write({row(spanJson(traceB, 1, 0, "audio.upload", 1'000, 1'020)),
                 row(spanJson(traceB, 2, 1, "audio.encode", 1'010, 1'019))});
    const auto start = row(spanJson(traceA, 1, 0, "audio.upload", 0, 100)).startUnixNano;
    const auto found = [&](const TraceQuery& query) {
        std::vector<std::string> ids;
        for (const auto& trace : store.list(query, 10s).traces) ids.push_back(trace.traceId);
        return ids;
    };

    TraceQuery ofTrace;
    ofTrace.maxDurationNanos = 20 * testing::ms;
    EXPECT_THAT(found(ofTrace), ElementsAre(traceB));
    ofTrace.maxDurationNanos = 19 * testing::ms;
    EXPECT_THAT(found(ofTrace), IsEmpty());
    TraceQuery byTime;
    byTime.fromUnixNano = start;
    byTime.untilUnixNano = start + 1'000 * testing::ms;
    EXPECT_THAT(found(byTime), ElementsAre(traceA));
    byTime.fromUnixNano = start + 1;
    EXPECT_THAT(found(byTime), IsEmpty());

    TraceQuery ofSpan;
    ofSpan.name = "audio.encode";
    ofSpan.minDurationNanos = 5 * testing::ms;
    ofSpan.maxDurationNanos = 6 * testing::ms;
    EXPECT_THAT(found(ofSpan), ElementsAre(traceA));
    ofSpan.fromUnixNano = start + 40 * testing::ms;
    ofSpan.untilUnixNano = start + 41 * testing::ms;
    EXPECT_THAT(found(ofSpan), ElementsAre(traceA));
    ofSpan.untilUnixNano = start + 40 * testing::ms;
    EXPECT_THAT(found(ofSpan), IsEmpty());
}

TYPED_TEST(StoreTest, FindsByOneAttribute) {
    auto& store = this->open();
    auto json = spanJson(traceA, 1, 0, "audio.upload", 0, 1);
    json["attributes"] = {{"codec", "flac"}, {"sample.rate", 48000},
                          {"gain", 0.5},     {"file.id", 9'007'199'254'740'993},
                          {"cached", true},  {R"(path "a\b")", "täglich\n1 %"},
                          {"build", "512"}};
    auto inResource = row(spanJson(traceB, 1, 0, "feed.load", 0, 1));
    inResource.resource = std::make_shared<const std::string>(R"({"daw.name":"Live \"12\""})");
    store.write({row(json), inResource});
    const auto found = [&](std::string key, std::string value) {
        TraceQuery query;
        query.attributeKey = std::move(key);
        query.attributeValue = std::move(value);
        return names(query, store);
    };
    EXPECT_THAT(found("codec", "flac"), ElementsAre("audio.upload"));
    EXPECT_THAT(found("codec", "fla"), IsEmpty());
    EXPECT_THAT(found("sample.rate", "48000"), ElementsAre("audio.upload"));
    EXPECT_THAT(found("sample.rate", "48000.0"), ElementsAre("audio.upload"));
    EXPECT_THAT(found("sample.rate", "4800"), IsEmpty());
    EXPECT_THAT(found("gain", "0.50"), ElementsAre("audio.upload"));
    EXPECT_THAT(found("file.id", "9007199254740993"), ElementsAre("audio.upload")) << "no double";
    EXPECT_THAT(found("file.id", "9007199254740992"), IsEmpty());
    TraceQuery byText;
    byText.text = "9007199254740993";
    EXPECT_THAT(names(byText, store), ElementsAre("audio.upload"));
    EXPECT_THAT(found("cached", "true"), ElementsAre("audio.upload"));
    EXPECT_THAT(found("cached", "1"), IsEmpty());
    EXPECT_THAT(found(R"(path "a\b")", "täglich\n1 %"), ElementsAre("audio.upload"));
    EXPECT_THAT(found(R"(path "a\b")", "täglich\n1 _"), IsEmpty());
    EXPECT_THAT(found("build", "512"), ElementsAre("audio.upload")) << "a text that is a number";
    EXPECT_THAT(found("daw.name", R"(Live "12")"), ElementsAre("feed.load"));
    EXPECT_THAT(found("flac", "codec"), IsEmpty());
}

TYPED_TEST(StoreTest, KeepsAndFindsArraysAndAttributesOfLinks) {
    auto& store = this->open();
    auto span = spanJson(traceA, 1, 0, "audio.upload", 0, 50);
    span["attributes"] = boost::json::object{{"tags", {"loop", "drum"}}, {"sizes", {7, 4096, 12}}};
    span["links"] = boost::json::array{boost::json::object{{"traceId", traceB},
                                                           {"spanId", testing::spanId(9)},
                                                           {"flags", 257},
                                                           {"attributes", {{"why", "batch"}}}}};
    store.write({row(span)});
    const auto stored = load(store, traceA, 10).spans.at(0).span;
    EXPECT_EQ(stored.attributes.at("tags"), sidespan::AttributeValue(std::vector{"loop", "drum"}));
    EXPECT_EQ(stored.attributes.at("sizes"), sidespan::AttributeValue(std::vector{7, 4096, 12}));
    EXPECT_EQ(stored.links.at(0).flags, 257U);
    EXPECT_EQ(stored.links.at(0).attributes.at("why"), "batch");
    for (const char* text : {"drum", "7", "4096", "12"}) {
        TraceQuery query;
        query.text = text;
        EXPECT_THAT(names(query, store), ElementsAre("audio.upload")) << text;
    }
}

TYPED_TEST(StoreTest, ListsPageByPage) {
    auto& store = this->open();
    std::vector<std::string> stored;
    for (std::uint64_t i = 1; i <= 7; ++i) {
        auto span = testing::ordinary(i);
        if (i > 5) span.startUnixNano -= testing::ms;  // the others began in the same moment
        store.write({span});
        stored.push_back(span.traceId);
    }
    TraceQuery query;
    query.limit = 2;
    std::vector<std::string> listed;
    std::size_t pages = 0;
    do {
        const auto list = store.list(query, 1min);
        EXPECT_TRUE(list.complete);
        for (const auto& trace : list.traces) listed.push_back(trace.traceId);
        query.before = list.next;
    } while (query.before && ++pages < 10);
    EXPECT_EQ(pages, 3U);
    EXPECT_THAT(listed, ::testing::UnorderedElementsAreArray(stored));
    EXPECT_THAT((std::vector(listed.end() - 2, listed.end())),
                ::testing::UnorderedElementsAre(stored[5], stored[6]));
}

TYPED_TEST(StoreTest, SaysWhenASearchRanOutOfTime) {
    auto& store = this->open();
    std::vector<SpanRow> rows;
    for (std::uint64_t i = 1; i <= 2000; ++i) rows.push_back(row(spanJson(traceA, i, 0, "span", 0, 1)));
    store.write(rows);
    TraceQuery query;
    query.text = "nowhere";
    EXPECT_FALSE(store.list(query, 0ms).complete);
    EXPECT_TRUE(store.list(query, 60s).complete);
    EXPECT_TRUE(store.list({}, 60s).complete);
}

TYPED_TEST(StoreTest, LoadsAtMostAsManySpansAsAskedAndCountsAll) {
    auto& store = this->open();
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 9)), row(spanJson(traceA, 2, 1, "b", 1, 9)),
                 row(spanJson(traceA, 3, 1, "c", 2, 9))});
    auto trace = load(store, traceA, 2);
    EXPECT_THAT(trace.spans, SizeIs(2));
    EXPECT_EQ(trace.spanCount, 3U);
    EXPECT_THAT(load(store, traceB, 2).spans, IsEmpty());
}

TYPED_TEST(StoreTest, RemembersWhoSentASpan) {
    auto& store = this->open();
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))}, {"f58996c7-79f4-5994-a888-ba3d79e56f15", {}});
    EXPECT_THAT(this->model_->query("SELECT user_id FROM client_telemetry_spans"),
                ElementsAre("f58996c7-79f4-5994-a888-ba3d79e56f15"));
}

TYPED_TEST(StoreTest, ATraceIsOfTheFirstUserWhoSentASpanOfIt) {
    auto& store = this->open();
    const auto write = [&](SpanRow span, const std::string& user) {
        store.write({std::move(span)}, {user, {}});
        this->now_ += 1ms;
    };
    EXPECT_EQ(store.ownerOf(std::string(traceA)), "");
    write(row(spanJson(traceA, 4, 2, "of a service that has no user", 1, 2)), "");
    write(row(spanJson(traceA, 2, 9, "child", 1, 2)), "ann");
    EXPECT_EQ(store.ownerOf(std::string(traceA)), "ann");
    write(row(spanJson(traceA, 1, 0, "root", 0, 9)), "ben");
    this->now_ -= 1h;
    write(row(spanJson(traceA, 3, 0, "by a clock that was set back", 0, 1)), "ben");
    write(row(spanJson(traceB, 1, 0, "nobody's", 0, 9)), "");
    write(row(spanJson(traceB, 2, 0, "another root", 0, 9)), "ben");
    EXPECT_EQ(store.ownerOf(std::string(traceA)), "ann");
    EXPECT_EQ(store.ownerOf(std::string(traceB)), "");
    const auto of = [&](const std::string& user, const std::string& text = "") {
        TraceQuery query;
        query.owner = user;
        query.text = text;
        return names(query, store).size();
    };
    EXPECT_EQ(of("ann"), 1U);
    EXPECT_EQ(of("ann", "child"), 1U);
    EXPECT_EQ(of("ann", "nobody"), 0U);
    EXPECT_EQ(of("ben"), 0U);
    EXPECT_EQ(of(""), 2U);
}

// To SQLite, these are the same numbers where a column does not keep them as texts.
TYPED_TEST(StoreTest, TellsUsersApartWhoseIdsAreTheSameNumber) {
    auto& store = this->open();
    const std::vector<std::string> users{"7", "007", "7e0", "12345678901234567890", "12345678901234567891"};
    std::uint64_t id = 0;
    for (const auto& user : users) {
        ++id;
        store.write({row(spanJson(TraceId(0, id).toUuid(), id, 0, user, 0, 1))},
                    {user, {fmt::format("i{}", id), "", {}}});
    }
    for (const auto& user : users) {
        TraceQuery query;
        query.owner = user;
        EXPECT_THAT(names(query, store), ElementsAre(user));
        ASSERT_THAT(store.clients(10, user), SizeIs(1));
        EXPECT_EQ(store.clients(10, user)[0].userId, user);
    }
    EXPECT_EQ(store.ownerOf(TraceId(0, 2).toUuid()), "007");
    EXPECT_EQ(store.eraseUser("12345678901234567890").spans, 1);
    EXPECT_EQ(store.eraseUser("07").spans, 0);
}

TYPED_TEST(StoreTest, ListsTheClientsOfAUserAndWhatTheyLostSinceBefore) {
    auto& store = this->open();
    const auto write = [&](std::uint64_t id, const char* instance, const std::string& user,
                           const char* lost) {
        return store
            .write({row(spanJson(traceA, id, 0, "a", 0, 1))}, {user, readClientReport(instance, "", lost)})
            .lost;
    };
    using Lost = std::pair<std::string, std::int64_t>;
    EXPECT_THAT(write(1, "i1", "ann", ""), IsEmpty());
    EXPECT_THAT(write(2, "i1", "ann", "expired=2"), ElementsAre(Lost("expired", 2)));
    EXPECT_THAT(write(3, "i1", "ann", "expired=2, outbox-full=5"), ElementsAre(Lost("outbox-full", 5)));
    EXPECT_THAT(write(4, "i1", "ann", "expired=1"), IsEmpty()) << "held up";
    EXPECT_THAT(write(5, "i2", "ben", "expired=1"), ElementsAre(Lost("expired", 1)));
    ASSERT_THAT(store.clients(10, "ben"), SizeIs(1));
    EXPECT_EQ(store.clients(10, "ben")[0].instance, "i2");
    EXPECT_THAT(store.clients(10, "someone"), IsEmpty());
    EXPECT_THAT(store.clients(10), SizeIs(2));
}

TYPED_TEST(StoreTest, StoresASpanOnceAcrossMidnight) {
    auto& store = this->open();
    const std::vector<SpanRow> rows{row(spanJson(traceA, 1, 0, "a", 0, 1)),
                                    row(spanJson(traceB, 1, 0, "b", 0, 1))};
    this->now_ = beforeMidnight;
    EXPECT_EQ(store.write(rows).accepted, 2U);
    this->now_ = beforeMidnight + 2min;
    EXPECT_EQ(store.write(rows).duplicate, 2U);
    EXPECT_EQ(store.write({rows[0], row(spanJson(traceA, 2, 1, "later", 0, 1))}).accepted, 1U);
    EXPECT_EQ(this->open().write(rows).duplicate, 2U) << "a collector that was started after midnight";
    EXPECT_THAT(load(store, traceA, 10).spans, SizeIs(2));
    EXPECT_THAT(this->model_->query("SELECT count(*) FROM client_telemetry_spans"), ElementsAre("3"));
}

std::string storedSplit(const auto& model) {
    std::string split;
    for (const char* column : {"plugin_nano", "network_nano", "server_nano"})
        split += model.query(std::string("SELECT ") + column + " FROM traces").at(0) + " ";
    return split;
}

TYPED_TEST(StoreTest, KeepsWhereTheTimeOfATraceWentHoweverItArrives) {
    auto& store = this->open();
    auto server = row(spanJson(traceA, 3, 2, "POST /loops", 4, 8));
    server.kind = "server";
    store.write(
        {row(spanJson(traceA, 2, 1, "network.post", 2, 10)), row(spanJson(traceA, 1, 0, "upload", 0, 12))});
    EXPECT_EQ(storedSplit(*this->model_), "4000000 8000000 0 ");
    this->open().write({server});
    EXPECT_EQ(storedSplit(*this->model_), "4000000 4000000 4000000 ");
    server.spanId = testing::spanId(4);
    server.traceId = traceB;
    std::vector<SpanRow> many(2'001, server);
    for (std::size_t i = 0; i < many.size(); ++i) many[i].spanId = testing::spanId(i + 1);
    store.write(many);
    EXPECT_THAT(this->model_->query("SELECT count(*) FROM traces WHERE plugin_nano IS NULL"),
                ElementsAre("1"));
}

}
}
