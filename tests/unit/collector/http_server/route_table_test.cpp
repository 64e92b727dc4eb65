#include <sidespan_http_server/route.h>

#include <gtest/gtest.h>
#include <sidespan_http_server/server_request.h>

namespace sidespan::http_server {
namespace {

class RouteTableTest : public ::testing::Test {
protected:
    static Route route(Literal name, std::string_view pattern, std::string_view allow = reading) {
        return {name, pattern, allow, Access::token, {}, {}};
    }
    const RouteTable table_{{route("GET /", "/"), route("GET /traces", "/traces"),
                             route("GET /traces/{id}", "/traces/{id}"),
                             route("POST /spans", "/spans", posting)}};
};

TEST_F(RouteTableTest, KnowsItsPaths) {
    for (const char* path : {"/", "/traces", "/spans"}) {
        const auto match = table_.find(path);
        ASSERT_NE(match.route, nullptr) << path;
        EXPECT_EQ(match.route->pattern, path);
        EXPECT_EQ(match.parameter, "");
    }
    EXPECT_EQ(table_.find("/traces/abc").route->pattern, "/traces/{id}");
    EXPECT_EQ(table_.find("/traces/abc").parameter, "abc");
}

TEST_F(RouteTableTest, KnowsNothingElse) {
    for (const char* path : {"", "/x", "/traces/", "/traces/a/b", "/spans/", "//", "/index.html"}) {
        EXPECT_EQ(table_.find(path).route, nullptr) << path;
    }
}

TEST_F(RouteTableTest, ARouteAllowsWhatItSays) {
    using boost::beast::http::verb;
    const auto& traces = *table_.find("/traces").route;
    const auto& spans = *table_.find("/spans").route;
    EXPECT_TRUE(traces.allows(verb::get) && traces.allows(verb::head) && !traces.allows(verb::post));
    EXPECT_TRUE(spans.allows(verb::post) && !spans.allows(verb::get) && !spans.allows(verb::delete_));
}

}
}
