#include <sidespan_http_server/access_scope.h>

#include <stdexcept>

#include <gtest/gtest.h>

namespace sidespan::http_server {
namespace {

TEST(Scopes, AllowWhatTheyAreFor) {
    const auto allows = [](Scopes scopes) {
        std::string text;
        for (const auto access : {Access::everyone, Access::token, Access::ingest, Access::read,
                                  Access::readAll, Access::metrics, Access::admin})
            text += scopes.allow(access) ? '1' : '0';
        return text;
    };
    EXPECT_EQ(allows({}), "1100000");
    EXPECT_EQ(allows({Scope::ingest}), "1110000");
    EXPECT_EQ(allows({Scope::read}), "1101000");
    EXPECT_EQ(allows({Scope::readAll}), "1101100");
    EXPECT_EQ(allows({Scope::metrics}), "1100010");
    EXPECT_EQ(allows({Scope::admin}), "1111111");
    EXPECT_EQ(allows({Scope::ingest, Scope::read}), "1111000");
}

TEST(Scopes, AreReadAndWritten) {
    for (const auto* text :
         {"ingest", "read", "read-all", "metrics", "admin", "ingest,read", "ingest,read-all"})
        EXPECT_EQ(Scopes::parse(text).toText(), text);
    EXPECT_EQ(Scopes::parse("read,ingest").toText(), "ingest,read");
    for (const auto* text : {"", "ingest,", ",", "Ingest", "all", "ingest read"})
        EXPECT_THROW(static_cast<void>(Scopes::parse(text)), std::invalid_argument) << text;
}

}
}
