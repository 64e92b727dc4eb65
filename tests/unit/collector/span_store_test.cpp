#include "store/span_store.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/array.hpp>

#include <sidespan_database/sqlite.h>
#include "query/client_reader.h"
#include "query/trace_reader.h"
#include "spans.h"
#include "store/schema.h"

namespace sidespan::collector {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::row;
using ::testing::SizeIs;
using testing::spanJson;
using testing::traceA;
using testing::traceB;

class SpanStoreTest : public ::testing::Test {
protected:
    SpanStoreTest() {
        std::string pattern = ::testing::TempDir() + "sidespan-store-XXXXXX";
        directory_ = mkdtemp(pattern.data());
        file_ = directory_ / "spans.db";
    }
    ~SpanStoreTest() override { std::filesystem::remove_all(directory_); }

    std::vector<std::string> names(const TraceQuery& query, TraceReader& reader) {
        std::vector<std::string> result;
        for (const auto& trace : reader.list(query, 10s).traces) result.push_back(trace.name);
        return result;
    }

    // With one span, as the collector that wrote that version left it.
    void makeFileOfVersion(int version) {
        SpanStore(file_).write({row(spanJson(traceA, 1, 0, "a", 0, 1))});
        database::Database database(file_, database::Database::Mode::readWrite);
        database.execute(
            "DROP TABLE resources; ALTER TABLE client_telemetry_spans DROP COLUMN resource_id;"
            "DROP TABLE batches; ALTER TABLE client_telemetry_spans DROP COLUMN batch_id;"
            "ALTER TABLE clients DROP COLUMN clock_monotonic; ALTER TABLE clients DROP COLUMN clock_offset;"
            "ALTER TABLE clients DROP COLUMN clock_error");
        if (version < 3) {
            database.execute(
                "ALTER TABLE clients DROP COLUMN service_name; ALTER TABLE traces DROP COLUMN service_name;"
                "ALTER TABLE client_telemetry_spans DROP COLUMN service_name;"
                "ALTER TABLE client_telemetry_spans DROP COLUMN dropped_links");
        }
        if (version < 2) database.execute("DROP TABLE clients");
        database.execute(("PRAGMA user_version = " + std::to_string(version)).c_str());
    }

    std::filesystem::path directory_;
    std::filesystem::path file_;
};

TEST_F(SpanStoreTest, StoresASpanOnceHoweverOftenItComes) {
    SpanStore store(file_);
    std::vector<SpanRow> rows{row(spanJson(traceA, 1, 0, "a", 0, 1)), row(spanJson(traceA, 2, 1, "b", 0, 1)),
                              row(spanJson(traceA, 1, 0, "a", 0, 1))};
    auto first = store.write(rows);
    EXPECT_EQ(first.accepted, 2U);
    EXPECT_EQ(first.duplicate, 1U);
    auto second = store.write(rows);
    EXPECT_EQ(second.accepted, 0U);
    EXPECT_EQ(second.duplicate, 3U);
    TraceReader reader(file_);
    auto trace = reader.load(std::string(traceA), 100);
    EXPECT_THAT(trace.spans, SizeIs(2));
    EXPECT_EQ(trace.spanCount, 2U);
}

TEST_F(SpanStoreTest, ShowsATraceWithoutTheSpanThatCannotBeRead) {
    SpanStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1)), row(spanJson(traceA, 2, 1, "b", 0, 1))});
    database::Database(file_, database::Database::Mode::readWrite)
        .execute("UPDATE client_telemetry_spans SET events = '[{\"x\":Infinity}]' WHERE name = 'b'");
    TraceReader reader(file_);
    const auto trace = reader.load(std::string(traceA), 100);
    ASSERT_THAT(trace.spans, SizeIs(1));
    EXPECT_EQ(trace.spans[0].span.name, "a");
    EXPECT_EQ(trace.spanCount, 2U);
}

TEST_F(SpanStoreTest, KeepsTheSameSpanIdOfTwoTracesApart) {
    SpanStore store(file_);
    EXPECT_EQ(store.write({row(spanJson(traceA, 1, 0, "a", 0, 1)), row(spanJson(traceB, 1, 0, "b", 0, 1))})
                  .accepted,
              2U);
}

TEST_F(SpanStoreTest, GivesBackTheSpanItWasGiven) {
    auto json = spanJson(traceA, 1, 9, "audio.encode", 0, 3.25);
    json["status"] = "error";
    json["statusMessage"] = "disk \"full\" \xc3\xa9";
    json["kind"] = "client";
    json["clientType"] = "cli";
    json["clientVersion"] = "2.0";
    json["droppedAttributes"] = 3;
    json["droppedLinks"] = 4;
    json["serviceName"] = "LoopShare";
    json["attributes"] =
        boost::json::object{{"s", std::string("a\0b", 3)}, {"i", -5}, {"d", 0.1}, {"b", false}};
    json["events"] = boost::json::array{boost::json::object{{"timestamp", 1}, {"name", "e"}}};
    SpanStore store(file_);
    store.write({row(json)});
    TraceReader reader(file_);
    auto trace = reader.load(std::string(traceA), 100);
    ASSERT_THAT(trace.spans, SizeIs(1));
    EXPECT_EQ(trace.spans[0].span, Span::fromJson(json));
}

TEST_F(SpanStoreTest, HasTheColumnsAndIndexesOfTheTable) {
    SpanStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1234.9))});
    database::Database database(file_, database::Database::Mode::readOnly);
    auto select = database.prepare(
        "SELECT id, trace_id, span_id, name, duration_ms, client_type, client_version, status, attributes, "
        "user_id,"
        " created_at, datetime(created_at) IS NOT NULL FROM client_telemetry_spans");
    ASSERT_TRUE(select.step());
    EXPECT_TRUE(TraceId::parse(select.text(0)));
    EXPECT_EQ(select.text(0).size(), 36U);
    EXPECT_EQ(select.text(1), traceA);
    EXPECT_EQ(select.integer(4), 1234);
    EXPECT_EQ(select.text(8), "{}");
    EXPECT_EQ(select.integer(11), 1);
    auto indexes = database.prepare(
        "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master"
        " WHERE type = 'index' AND name LIKE 'idx%' ORDER BY name)");
    ASSERT_TRUE(indexes.step());
    EXPECT_EQ(indexes.text(0),
              "idx_clients_newest idx_created_at idx_trace_id idx_traces_newest idx_user_id");
}

TEST_F(SpanStoreTest, OpensWhatItWroteBefore) {
    { SpanStore(file_).write({row(spanJson(traceA, 1, 0, "a", 0, 1))}); }
    SpanStore store(file_);
    EXPECT_EQ(store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))}).duplicate, 1U);
}

TEST_F(SpanStoreTest, RefusesAFileOfAnotherProgram) {
    {
        database::Database database(file_, database::Database::Mode::readWrite);
        database.execute("CREATE TABLE songs (name TEXT)");
    }
    const auto content = [&] {
        std::ifstream stream(file_, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    const auto before = content();
    EXPECT_THAT([&] { SpanStore store(file_); },
                ::testing::ThrowsMessage<std::runtime_error>(HasSubstr("made by another program")));
    EXPECT_EQ(content(), before) << "it is not ours to change";
}

TEST_F(SpanStoreTest, RefusesALaterVersion) {
    { SpanStore store(file_); }
    {
        database::Database database(file_, database::Database::Mode::readWrite);
        database.execute("PRAGMA user_version = 99");
    }
    EXPECT_THAT([&] { SpanStore store(file_); },
                ::testing::ThrowsMessage<std::runtime_error>(HasSubstr("has version 99")));
}

TEST_F(SpanStoreTest, BringsAFileOfVersionOneUpToDate) {
    makeFileOfVersion(1);
    SpanStore store(file_);
    EXPECT_EQ(store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))}, {"", {"client-1", "", {}}}).duplicate,
              1U);
    EXPECT_THAT(ClientReader(file_).list(10), SizeIs(1));
}

TEST_F(SpanStoreTest, ReadsNoMoreBytesOfATraceThanItMay) {
    SpanStore store(file_);
    std::vector<SpanRow> rows;
    for (std::uint64_t i = 1; i <= 10; ++i) {
        auto json = spanJson(traceA, i, 0, "a", static_cast<double>(i), 20);
        json["attributes"] = {{"text", std::string(1'000, 'x')}};
        rows.push_back(row(json));
        rows.back().resource =
            std::make_shared<const std::string>(R"({"host":")" + std::string(1'000 + i, 'r') + R"("})");
    }
    EXPECT_EQ(store.write(rows).accepted, 10U);
    const auto trace = TraceReader(file_).load(std::string(traceA), 100, 5'000);
    EXPECT_THAT(trace.spans, SizeIs(3));
    EXPECT_EQ(trace.spanCount, 10U);
    EXPECT_THAT(TraceReader(file_).load(std::string(traceA), 100, 1).spans, SizeIs(1));
}

TEST_F(SpanStoreTest, BringsAFileOfVersionTwoUpToDate) {
    makeFileOfVersion(2);
    SpanStore store(file_);
    auto named = row(spanJson(traceA, 2, 0, "b", 0, 1));
    named.serviceName = "LoopShare";
    EXPECT_EQ(store.write({named}).accepted, 1U);
    EXPECT_THAT(TraceReader(file_).load(std::string(traceA), 10).spans, SizeIs(2));
}

TEST_F(SpanStoreTest, BringsAFileOfVersionThreeUpToDate) {
    makeFileOfVersion(3);
    SpanStore store(file_);
    auto told = row(spanJson(traceA, 2, 0, "b", 0, 1));
    told.resource = std::make_shared<const std::string>(R"({"daw.name":"Ardour"})");
    EXPECT_EQ(store.write({told}).accepted, 1U);
    const auto trace = TraceReader(file_).load(std::string(traceA), 10);
    ASSERT_THAT(trace.spans, SizeIs(2));
    EXPECT_EQ(trace.spans[0].resource, nullptr);
    EXPECT_EQ(trace.spans[1].resource->at("daw.name"), "Ardour");
}

TEST_F(SpanStoreTest, LeadsFromAClientsClockToTheServers) {
    using testing::epoch;
    using testing::ms;
    SpanStore store(file_);
    const auto write = [&](std::uint64_t id, double startMs, const ClientClock& clock) {
        store.write({row(spanJson(traceA, id, 0, "a", startMs, startMs + 1))},
                    {"", {"client-1", "", {}, clock}});
    };
    const auto shifts = [&] {
        std::vector<std::optional<ClockShift>> list;
        for (const auto& one : TraceReader(file_).load(std::string(traceA), 10).spans)
            list.push_back(one.clock);
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

TEST_F(SpanStoreTest, KeepsEachResourceOnceAndFindsItsTraces) {
    SpanStore store(file_);
    const auto of = [](std::string_view trace, std::uint64_t id, const char* resource) {
        auto span = row(spanJson(trace, id, 0, "a", 0, 1));
        span.resource = std::make_shared<const std::string>(resource);
        return span;
    };
    constexpr const char* live = R"({"daw.name":"Live 12","build":512})";
    store.write({of(traceA, 1, live), of(traceA, 2, live), of(traceB, 3, R"({"daw.name":"Ardour"})")});
    store.write({of(traceA, 4, live)});
    TraceReader reader(file_);
    const auto trace = reader.load(std::string(traceA), 100);
    ASSERT_THAT(trace.spans, SizeIs(3));
    EXPECT_EQ(trace.spans[0].resource, trace.spans[2].resource);
    EXPECT_EQ(trace.spans[0].resource->at("build"), 512);
    const auto found = [&](const char* text) {
        TraceQuery query;
        query.text = text;
        std::vector<std::string> ids;
        for (const auto& one : reader.list(query, 10s).traces) ids.push_back(one.traceId);
        return ids;
    };
    EXPECT_THAT(found("Live 12"), ElementsAre(traceA));
    EXPECT_THAT(found("Ardour"), ElementsAre(traceB));
    EXPECT_THAT(found("512"), ElementsAre(traceA));
    EXPECT_THAT(found("Reaper"), IsEmpty());
    database::Database database(file_, database::Database::Mode::readOnly);
    EXPECT_EQ(database.integer("SELECT count(*) FROM resources"), 2);
}

TEST_F(SpanStoreTest, TellsProductsApart) {
    SpanStore store(file_);
    const auto of = [&](std::string_view trace, std::uint64_t id, std::uint64_t parent, const char* service) {
        auto span = row(spanJson(trace, id, parent, "a", 0, 1));
        span.serviceName = service;
        return span;
    };
    store.write(
        {of(traceA, 1, 0, "LoopShare"), of(traceA, 2, 1, "loop-service"), of(traceB, 1, 0, "Other_1")},
        {"", {"instance", "", {}}});
    TraceReader reader(file_);
    const auto found = [&](TraceQuery query) {
        std::string services;
        for (const auto& trace : reader.list(query, 1min).traces) services += trace.serviceName + " ";
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
    EXPECT_EQ(reader.load(std::string(traceA), 10).spans.at(1).span.serviceName, "loop-service");
    EXPECT_EQ(ClientReader(file_).list(10).at(0).serviceName, "LoopShare");
}

TEST_F(SpanStoreTest, WritesNothingIntoAFileThatIsNoLongerThere) {
    SpanStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))});
    const auto refuses = [&] {
        EXPECT_THAT([&] { store.write({row(spanJson(traceA, 2, 0, "a", 0, 1))}); },
                    ::testing::ThrowsMessage<database::DatabaseError>(HasSubstr("was moved or deleted")));
    };
    const auto elsewhere = directory_ / "elsewhere";
    std::filesystem::rename(file_, elsewhere);
    refuses();
    { std::ofstream(file_) << "another file of its name"; }
    refuses();
    std::filesystem::rename(elsewhere, file_);
    EXPECT_EQ(store.write({row(spanJson(traceA, 2, 0, "a", 0, 1))}).accepted, 1U);
    const auto log = file_.string() + "-wal";
    std::filesystem::rename(log, elsewhere);
    refuses();
    std::filesystem::rename(elsewhere, log);
}

TEST_F(SpanStoreTest, RemembersWhoSentASpan) {
    SpanStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))}, {"f58996c7-79f4-5994-a888-ba3d79e56f15", {}});
    database::Database database(file_, database::Database::Mode::readOnly);
    auto select = database.prepare("SELECT user_id FROM client_telemetry_spans");
    ASSERT_TRUE(select.step());
    EXPECT_EQ(select.text(0), "f58996c7-79f4-5994-a888-ba3d79e56f15");
}

TEST_F(SpanStoreTest, AddsUpWhatAClientSentAndKeepsItsLargestLoss) {
    SpanStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1)), row(spanJson(traceA, 2, 0, "b", 0, 1))},
                {"", {"client-1", "installation-1", {{"expired", 5}}}});
    store.write({row(spanJson(traceA, 2, 0, "b", 0, 1)), row(spanJson(traceA, 3, 0, "c", 0, 1))},
                {"", {"client-1", "installation-1", {{"expired", 3}}}});
    store.write({row(spanJson(traceB, 1, 0, "d", 0, 1))}, {"", {"client-2", "", {}}});
    auto clients = ClientReader(file_).list(10);
    ASSERT_THAT(clients, SizeIs(2));
    const auto& first = clients[0].instance == "client-1" ? clients[0] : clients[1];
    EXPECT_EQ(first.batches, 2);
    EXPECT_EQ(first.accepted, 3);
    EXPECT_EQ(first.installation, "installation-1");
    EXPECT_EQ(first.lostTotal, 5);
    EXPECT_EQ(first.lost, R"({"expired":5})");
}

TEST_F(SpanStoreTest, NamesATraceAfterItsRootWheneverThatArrives) {
    SpanStore store(file_);
    TraceReader reader(file_);
    store.write({row(spanJson(traceA, 2, 1, "child", 5, 8))});
    EXPECT_THAT(names({}, reader), ElementsAre("child"));
    store.write({row(spanJson(traceA, 1, 0, "root", 0, 10))});
    auto list = reader.list({}, 10s);
    ASSERT_THAT(list.traces, SizeIs(1));
    EXPECT_EQ(list.traces[0].name, "root");
    EXPECT_TRUE(list.traces[0].hasRoot);
    EXPECT_EQ(list.traces[0].durationNanos, 10 * testing::ms);
    EXPECT_EQ(list.traces[0].spanCount, 2);
    store.write({row(spanJson(traceA, 3, 1, "early child", -5, -4))});
    EXPECT_THAT(names({}, reader), ElementsAre("root"));
}

TEST_F(SpanStoreTest, ListsTheNewestFirstAndAtMostAsManyAsAsked) {
    SpanStore store(file_);
    TraceReader reader(file_);
    store.write(
        {row(spanJson(traceB, 1, 0, "newer", 1000, 1001)), row(spanJson(traceA, 1, 0, "older", 0, 1))});
    EXPECT_THAT(names({}, reader), ElementsAre("newer", "older"));
    TraceQuery one;
    one.limit = 1;
    EXPECT_THAT(names(one, reader), ElementsAre("newer"));
}

TEST_F(SpanStoreTest, AClientAheadOfTimeIsNotListedFirstForever) {
    SpanStore store(file_);
    TraceReader reader(file_);
    auto day = 86'400'000.0;
    store.write({row(spanJson(traceA, 1, 0, "from the future", 30'000 * day, 30'000 * day + 1))});
    auto now = std::chrono::system_clock::now().time_since_epoch() / 1ms;
    auto nowMs = static_cast<double>(now) - static_cast<double>(testing::epoch / testing::ms) + 1000;
    auto ahead = row(spanJson(traceB, 1, 0, "now", nowMs, nowMs + 1));
    store.write({ahead});
    EXPECT_THAT(names({}, reader), ElementsAre("now", "from the future"));
}

TEST_F(SpanStoreTest, FindsByNameStatusDurationAndText) {
    SpanStore store(file_);
    TraceReader reader(file_);
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
    EXPECT_THAT(names(byName, reader), ElementsAre("audio.upload"));
    byName.name = "network";
    EXPECT_THAT(names(byName, reader), IsEmpty());

    TraceQuery byStatus;
    byStatus.status = SpanStatus::error;
    EXPECT_THAT(names(byStatus, reader), ElementsAre("audio.upload"));
    byStatus.status = SpanStatus::ok;
    EXPECT_THAT(names(byStatus, reader), ElementsAre("feed.load"));

    TraceQuery byDuration;
    byDuration.minDurationNanos = 2 * testing::ms + 1;
    EXPECT_THAT(names(byDuration, reader), ElementsAre("audio.upload"));

    auto byText = [&](std::string text) {
        TraceQuery query;
        query.text = std::move(text);
        return names(query, reader);
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

TEST_F(SpanStoreTest, KeepsAndFindsArraysAndAttributesOfLinks) {
    SpanStore store(file_);
    TraceReader reader(file_);
    auto span = spanJson(traceA, 1, 0, "audio.upload", 0, 50);
    span["attributes"] = boost::json::object{{"tags", {"loop", "drum"}}, {"sizes", {7, 4096, 12}}};
    span["links"] = boost::json::array{boost::json::object{{"traceId", traceB},
                                                           {"spanId", testing::spanId(9)},
                                                           {"flags", 257},
                                                           {"attributes", {{"why", "batch"}}}}};
    store.write({row(span)});
    const auto stored = reader.load(std::string(traceA), 10).spans.at(0).span;
    EXPECT_EQ(stored.attributes.at("tags"), sidespan::AttributeValue(std::vector{"loop", "drum"}));
    EXPECT_EQ(stored.attributes.at("sizes"), sidespan::AttributeValue(std::vector{7, 4096, 12}));
    EXPECT_EQ(stored.links.at(0).flags, 257U);
    EXPECT_EQ(stored.links.at(0).attributes.at("why"), "batch");
    for (const char* text : {"drum", "7", "4096", "12"}) {
        TraceQuery query;
        query.text = text;
        EXPECT_THAT(names(query, reader), ElementsAre("audio.upload")) << text;
    }
}

TEST_F(SpanStoreTest, SaysWhenASearchRanOutOfTime) {
    SpanStore store(file_);
    TraceReader reader(file_);
    std::vector<SpanRow> rows;
    for (std::uint64_t i = 1; i <= 2000; ++i) rows.push_back(row(spanJson(traceA, i, 0, "span", 0, 1)));
    store.write(rows);
    TraceQuery query;
    query.text = "nowhere";
    EXPECT_FALSE(reader.list(query, 0ms).complete);
    EXPECT_TRUE(reader.list(query, 60s).complete);
    EXPECT_TRUE(reader.list({}, 60s).complete);
}

TEST_F(SpanStoreTest, LoadsAtMostAsManySpansAsAskedAndCountsAll) {
    SpanStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 9)), row(spanJson(traceA, 2, 1, "b", 1, 9)),
                 row(spanJson(traceA, 3, 1, "c", 2, 9))});
    TraceReader reader(file_);
    auto trace = reader.load(std::string(traceA), 2);
    EXPECT_THAT(trace.spans, SizeIs(2));
    EXPECT_EQ(trace.spanCount, 3U);
    EXPECT_THAT(reader.load(std::string(traceB), 2).spans, IsEmpty());
}

TEST_F(SpanStoreTest, WritesABatchWholeOrNotAtAll) {
    SpanStore store(file_);
    database::Database other(file_, database::Database::Mode::readWrite);
    other.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON client_telemetry_spans WHEN new.name = 'bad'"
        " BEGIN SELECT raise(ABORT, 'refused'); END");
    EXPECT_THROW(
        store.write({row(spanJson(traceA, 1, 0, "good", 0, 1)), row(spanJson(traceA, 2, 0, "bad", 0, 1))}),
        database::DatabaseError);
    EXPECT_EQ(other.integer("SELECT count(*) FROM client_telemetry_spans"), 0);
    EXPECT_EQ(store.write({row(spanJson(traceA, 1, 0, "good", 0, 1))}).accepted, 1U);
}

TEST_F(SpanStoreTest, AReaderDoesNotHoldUpTheWriter) {
    SpanStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))});
    database::Database reader(file_, database::Database::Mode::readOnly);
    reader.execute("BEGIN");
    EXPECT_EQ(reader.integer("SELECT count(*) FROM client_telemetry_spans"), 1);
    EXPECT_EQ(store.write({row(spanJson(traceA, 2, 1, "b", 0, 1))}).accepted, 1U);
    EXPECT_EQ(reader.integer("SELECT count(*) FROM client_telemetry_spans"), 1);
    reader.execute("COMMIT");
    EXPECT_EQ(reader.integer("SELECT count(*) FROM client_telemetry_spans"), 2);
}

TEST(RowIds, AreDistinctVersion7UuidsInTheOrderOfTime) {
    RowIds ids;
    std::set<std::string> seen;
    ids.setTime(1'766'012'345'678);
    for (int i = 0; i < 1000; ++i) {
        auto id = ids.next();
        EXPECT_EQ(id[14], '7');
        EXPECT_THAT(std::string("89ab"), HasSubstr(id.substr(19, 1)));
        EXPECT_TRUE(seen.insert(id).second);
    }
    ids.setTime(1'766'012'345'679);
    EXPECT_GT(ids.next(), *seen.rbegin());
}

}
}
