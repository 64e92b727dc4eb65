#include <string>
#include <vector>

#include <sidespan/otlp/otlp_json.h>
#include <sidespan/otlp/otlp_protobuf.h>

#include "../unit/encodings/record_builder.h"
#include "collector_fixture.h"

namespace sidespan::collector::testing {
namespace {

const Headers protobufType{{"Content-Type", "application/x-protobuf"}};
const Headers jsonType{{"Content-Type", "application/json"}};

/// A span of `traceA`, as a backend's OpenTelemetry SDK sends it.
std::vector<std::byte> record(std::uint64_t id, std::uint64_t parent, std::string_view name, SpanKind kind) {
    constexpr std::uint64_t start = 1'766'012'345'000'000'000;
    const auto trace = *TraceId::parse(traceA);
    RecordBuilder builder(name);
    builder.item().traceHigh = trace.high();
    builder.item().traceLow = trace.low();
    builder.item().spanId = id;
    builder.item().parentId = parent;
    builder.item().start = start;
    builder.item().end = start + 5'000'000;
    builder.kind(kind);
    builder.text("http.route", "/loops");
    return builder.finish();
}

template <class Encoding>
std::string bodyOf(const std::vector<std::vector<std::byte>>& records) {
    Encoding encoding;
    TextBuffer out;
    encoding.open(out, {{"backend", "7"}, ClientType::server});
    for (const auto& one : records) encoding.append(out, SpanView(one.data()));
    encoding.close(out);
    return std::string(out.view());
}

class CollectorOtlpTest : public CollectorTest {
protected:
    boost::json::object trace(Client& client) {
        auto response = client.get(fmt::format("/api/v1/traces/{}", traceA));
        EXPECT_EQ(response.status, 200) << response.body;
        return parse(response);
    }
};

TEST_F(CollectorOtlpTest, PutsABackendsSpansIntoThePluginsTrace) {
    start();
    auto client = connect();
    ASSERT_EQ(
        client.postSpans(boost::json::serialize(boost::json::array{spanJson(1, 0, "loop.share", 0, 10)}))
            .status,
        200);
    const auto fromProtobuf = client.post(
        "/v1/traces", bodyOf<OtlpProtobuf>({record(2, 1, "POST /loops", SpanKind::server)}), protobufType);
    EXPECT_EQ(fromProtobuf.status, 200) << fromProtobuf.body;
    EXPECT_EQ(fromProtobuf["Content-Type"], "application/x-protobuf");
    EXPECT_TRUE(fromProtobuf.body.empty());
    const auto fromJson =
        client.post("/v1/traces", bodyOf<OtlpJson>({record(3, 2, "INSERT", SpanKind::client)}), jsonType);
    EXPECT_EQ(fromJson.status, 200) << fromJson.body;
    EXPECT_EQ(fromJson.body, "{}");

    const auto stored = trace(client);
    EXPECT_EQ(stored.at("spanCount"), 3);
    EXPECT_EQ(stored.at("spans").at(1).at("name"), "POST /loops");
    EXPECT_EQ(stored.at("spans").at(1).at("clientType"), "server");
    EXPECT_EQ(stored.at("spans").at(1).at("attributes").at("http.route"), "/loops");
    EXPECT_EQ(stored.at("split").at("serverMs"), 5.0);
}

TEST_F(CollectorOtlpTest, ShowsAndFindsTheResourceInWhicheverFormItComes) {
    start();
    auto client = connect();
    const auto native = boost::json::serialize(boost::json::object{
        {"resource", {{"daw.name", "Ardour"}}}, {"spans", boost::json::array{spanJson(1, 0, "a", 0, 10)}}});
    ASSERT_EQ(client.postSpans(native).status, 200);
    ASSERT_EQ(
        client.post("/v1/traces", bodyOf<OtlpProtobuf>({record(2, 1, "b", SpanKind::server)}), protobufType)
            .status,
        200);
    ASSERT_EQ(
        client.post("/v1/traces", bodyOf<OtlpJson>({record(3, 1, "c", SpanKind::server)}), jsonType).status,
        200);
    const auto stored = trace(client);
    ASSERT_EQ(stored.at("resources").as_array().size(), 2U);
    const auto of = [&](std::size_t span) {
        const auto place = stored.at("spans").at(span).at("resource").to_number<std::size_t>();
        return stored.at("resources").at(place);
    };
    EXPECT_EQ(of(0).at("daw.name"), "Ardour");
    EXPECT_EQ(of(1).at("service.name"), "backend");
    EXPECT_EQ(of(2), of(1));
    const auto found = parse(client.get("/api/v1/traces?q=Ardour"));
    EXPECT_EQ(found.at("traces").as_array().size(), 1U);
}

TEST_F(CollectorOtlpTest, StoresASpanOnceInWhicheverFormItComes) {
    start();
    auto client = connect();
    const std::vector<std::vector<std::byte>> one{record(2, 0, "GET /", SpanKind::server)};
    client.post("/v1/traces", bodyOf<OtlpProtobuf>(one), protobufType);
    client.post("/v1/traces", bodyOf<OtlpJson>(one), jsonType);
    EXPECT_EQ(trace(client).at("spanCount"), 1);
}

TEST_F(CollectorOtlpTest, AnswersInTheFormItWasAskedIn) {
    start();
    auto client = connect();
    const auto half =
        bodyOf<OtlpJson>({record(2, 0, "good", SpanKind::server), record(0, 0, "bad", SpanKind::server)});
    const auto receipt = parse(client.post("/v1/traces", half, jsonType));
    EXPECT_EQ(receipt.at("partialSuccess").at("rejectedSpans"), "1");
    EXPECT_THAT(std::string(receipt.at("partialSuccess").at("errorMessage").as_string()),
                HasSubstr("spanId"));

    const auto broken = client.post("/v1/traces", "{", jsonType);
    EXPECT_EQ(broken.status, 400);
    EXPECT_THAT(std::string(parse(broken).at("message").as_string()), HasSubstr("byte"));
    const auto brokenProtobuf = client.post("/v1/traces", "\x0a\x7f", protobufType);
    EXPECT_EQ(brokenProtobuf.status, 400);
    EXPECT_EQ(brokenProtobuf["Content-Type"], "application/x-protobuf");
    EXPECT_THAT(brokenProtobuf.body, HasSubstr("longer than its message"));

    EXPECT_EQ(client.post("/v1/traces", "x", {{"Content-Type", "text/plain"}}).status, 415);
    EXPECT_EQ(client.post("/v1/traces", "", protobufType).status, 200);  // nothing is a whole success
}

}
}
