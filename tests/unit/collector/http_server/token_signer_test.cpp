#include <sidespan_http_server/token_signer.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sidespan_http_server/access_tokens.h>
#include <sidespan_http_server/crypto.h>

namespace sidespan::http_server {
namespace {

using namespace std::chrono_literals;

class TokenSignerTest : public ::testing::Test {
protected:
    const std::string key_ = "a key of the test";
    const TokenSigner signer_{key_};
    const SignedToken token_{"ann", std::chrono::sys_seconds(1'000s)};
};

TEST_F(TokenSignerTest, ReadsWhatWasSignedWithItsKey) {
    const auto text = signer_.sign(token_);
    EXPECT_NE(text, signer_.sign(token_)) << "two tokens of one second differ";
    const auto read = TokenSigner(key_).verify(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->userId, "ann");
    EXPECT_EQ(read->expires, token_.expires);
}

TEST_F(TokenSignerTest, RefusesWhatWasNotSignedOrWasChanged) {
    const auto text = signer_.sign(token_);
    EXPECT_FALSE(TokenSigner("another key, as long").verify(text));
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto changed = text;
        changed[i] = changed[i] == '1' ? '2' : '1';
        EXPECT_FALSE(signer_.verify(changed)) << changed;
    }
    for (const char* wrong : {"", ".", "...", "ann.1000.x"}) EXPECT_FALSE(signer_.verify(wrong)) << wrong;
    EXPECT_THROW(TokenSigner("short"), std::runtime_error);
}

TEST_F(TokenSignerTest, OpensTheDoorUntilItExpires) {
    std::chrono::system_clock::time_point now(999s);
    const AccessTokens open({}, signer_, [&] { return now; });
    const auto text = signer_.sign(token_);
    EXPECT_TRUE(open.identify(text).mayEnter);
    EXPECT_EQ(open.identify(text).userId, "ann");
    EXPECT_TRUE(open.identify("").mayEnter);
    EXPECT_FALSE(open.identify("wrong").mayEnter);
    now = std::chrono::system_clock::time_point(1'000s);
    EXPECT_FALSE(open.identify(text).mayEnter) << "where all may enter, an expired token is told so";
    EXPECT_EQ(open.identify(text).userId, "");
}

TEST(AccessTokens, AskForTheServersOwnToken) {
    const AccessTokens closed("fixed-token", std::nullopt);
    EXPECT_TRUE(closed.identify("fixed-token").mayEnter);
    for (const char* wrong : {"", "fixed-toke", "fixed-token2"})
        EXPECT_FALSE(closed.identify(wrong).mayEnter);
    EXPECT_TRUE(AccessTokens({}, std::nullopt).identify("whatever").mayEnter);
    EXPECT_THROW(AccessTokens("two words", std::nullopt), std::runtime_error);
}

// FIPS 180-4, the example of NIST.
TEST(Crypto, Sha256IsThatOfTheStandard) {
    EXPECT_EQ(toHex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(toHex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Crypto, ComparesWholeTexts) {
    EXPECT_TRUE(equalConstantTime("abc", "abc"));
    EXPECT_FALSE(equalConstantTime("abc", "abd"));
    EXPECT_FALSE(equalConstantTime("abc", "ab"));
    EXPECT_FALSE(equalConstantTime("", "a"));
}

// RFC 4231, section 4.3.
TEST(Crypto, HmacIsThatOfTheRfc) {
    EXPECT_EQ(toHex(hmacSha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}
}
