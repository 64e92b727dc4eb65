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
    const RouteTable table_{
        {route("GET /", "/"), route("GET /traces", "/traces"), route("GET /traces/{id}", "/traces/{id}"),
         route("DELETE /users/{id}", "/users/{text}", deleting), route("POST /spans", "/spans", posting)}};
    [[nodiscard]] RouteTable::Match find(std::string_view path) const {
        return table_.find(path, path.rfind('/') + 1);
    }
};

TEST_F(RouteTableTest, KnowsItsPaths) {
    for (const char* path : {"/", "/traces", "/spans"}) {
        const auto match = find(path);
        ASSERT_NE(match.route, nullptr) << path;
        EXPECT_EQ(match.route->pattern, path);
        EXPECT_EQ(match.parameter, "");
    }
    EXPECT_EQ(find("/traces/abc").route->pattern, "/traces/{id}");
    EXPECT_EQ(find("/traces/abc").parameter, "abc");
}

TEST_F(RouteTableTest, KnowsNothingElse) {
    for (const char* path : {"", "/x", "/traces/", "/traces/a/b", "/spans/", "//", "/index.html"}) {
        EXPECT_EQ(find(path).route, nullptr) << path;
    }
}

TEST_F(RouteTableTest, AnEscapedSlashIsForTextAlone) {
    const auto match = table_.find("/users/team/bob", 7);
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.parameter, "team/bob");
    EXPECT_EQ(find("/users/bob").parameter, "bob");
    EXPECT_EQ(find("/users/team/bob").route, nullptr) << "not escaped";
    EXPECT_EQ(table_.find("/traces/a/b", 8).route, nullptr);
    EXPECT_EQ(table_.find("/users/", 1).route, nullptr);
}

TEST_F(RouteTableTest, ARouteAllowsWhatItSays) {
    using boost::beast::http::verb;
    const auto& traces = *find("/traces").route;
    const auto& spans = *find("/spans").route;
    EXPECT_TRUE(traces.allows(verb::get) && traces.allows(verb::head) && !traces.allows(verb::post));
    EXPECT_TRUE(spans.allows(verb::post) && !spans.allows(verb::get) && !spans.allows(verb::delete_));
}

}
}
