#include <string>

#include <sidespan/trace_id.h>
#include <boost/json/array.hpp>

#include "collector_fixture.h"
#include "support/wire_vectors.h"

/// docs/wire-format.md's vectors, against the collector.
namespace sidespan::collector::testing {
namespace {

using sidespan::testing::holds;
using sidespan::testing::wireVectors;

class CollectorWireFormatTest : public CollectorTest {
protected:
    boost::json::object traceOf(const boost::json::value& span) {
        const auto id = std::string(span.at("traceId").as_string());
        const auto response = client_.get("/api/v1/traces/" + id);
        EXPECT_EQ(response.status, 200) << response.body;
        return parse(response);
    }
    /// Whether each of `expected` is there, by its span id, and no other of their traces.
    void expectStored(const boost::json::array& expected, const boost::json::value* resource) {
        for (const auto& span : expected) {
            const auto trace = traceOf(span);
            EXPECT_EQ(trace.at("spanCount"), expected.size());
            const auto* const found = find(trace.at("spans").as_array(), span.at("spanId"));
            ASSERT_NE(found, nullptr) << boost::json::serialize(span);
            EXPECT_TRUE(holds(*found, span)) << boost::json::serialize(*found);
            if (resource == nullptr) continue;
            const auto place = found->at("resource").to_number<std::size_t>();
            EXPECT_EQ(trace.at("resources").at(place), *resource);
        }
    }
    static const boost::json::value* find(const boost::json::array& spans, const boost::json::value& id) {
        for (const auto& span : spans)
            if (span.at("spanId") == id) return &span;
        return nullptr;
    }
    static std::string bodyOf(const boost::json::object& vector) {
        const auto* const text = vector.if_contains("text");
        return text == nullptr ? boost::json::serialize(vector.at("body")) : std::string(text->as_string());
    }

    Client client_ = [this] {
        start();
        return connect();
    }();
};

TEST_F(CollectorWireFormatTest, StoresSpansAsTheVectorsSay) {
    for (const auto& vector : wireVectors("spans.json")) {
        SCOPED_TRACE(boost::json::serialize(vector.at("about")));
        const auto answer = client_.postSpans(boost::json::serialize(boost::json::array{vector.at("span")}));
        ASSERT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(parse(answer).at("accepted"), 1) << answer.body;
        expectStored({vector.at("stored")}, nullptr);
    }
}

TEST_F(CollectorWireFormatTest, RejectsSpansForTheReasonThatTheVectorsSay) {
    for (const auto& vector : wireVectors("rejected.json")) {
        SCOPED_TRACE(boost::json::serialize(vector.at("about")));
        const auto answer = client_.postSpans(boost::json::serialize(boost::json::array{vector.at("span")}));
        ASSERT_EQ(answer.status, 200) << answer.body;
        const auto receipt = parse(answer);
        EXPECT_EQ(receipt.at("accepted"), 0);
        EXPECT_EQ(receipt.at("rejected"), 1);
        EXPECT_EQ(receipt.at("rejections").at(0).at("reason"), vector.at("reason"));
    }
}

TEST_F(CollectorWireFormatTest, TakesBodiesAsTheVectorsSay) {
    for (const auto& value : wireVectors("bodies.json")) {
        const auto& vector = value.as_object();
        SCOPED_TRACE(boost::json::serialize(vector.at("about")));
        const auto answer = client_.postSpans(bodyOf(vector));
        EXPECT_EQ(answer.status, vector.at("status")) << answer.body;
        EXPECT_TRUE(holds(parse(answer), vector.at("answer"))) << answer.body;
        expectStored(vector.at("stored").as_array(), vector.if_contains("resource"));
    }
}

}
}
