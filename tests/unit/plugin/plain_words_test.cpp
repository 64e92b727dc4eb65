#include "plain_words.h"

#include <gtest/gtest.h>

namespace loopshare {
namespace {

using sidespan::ErrorCode;

TEST(PlainWords, AreSentencesWhateverWentWrong) {
    for (auto code = 0; code <= static_cast<int>(ErrorCode::badAnswer); ++code) {
        const auto words = inPlainWords(Failure({static_cast<ErrorCode>(code), "the disk is full"}));
        EXPECT_TRUE(words.endsWithChar('.')) << words;
        EXPECT_EQ(words.substring(0, 1), words.substring(0, 1).toUpperCase()) << words;
    }
    EXPECT_EQ(inPlainWords(Failure({ErrorCode::io, "the disk is full"})), "The disk is full.");
}

TEST(PlainWords, BlameNoConnectionForAnAnswerThatMakesNoSense) {
    const Failure noHttp({ErrorCode::badAnswer, "Weird server reply"});
    const auto noList = Failure::ofNonsense({ErrorCode::rejected, "the feed's answer has no list of loops"});
    for (const auto& failure : {noHttp, noList}) {
        EXPECT_FALSE(inPlainWords(failure).contains("connection"));
        EXPECT_TRUE(inPlainWords(failure).contains("address"));
    }
}

TEST(PlainWords, SpeakOfNoShareToWhomPlaysALoop) {
    for (const auto code : {ErrorCode::tooLarge, ErrorCode::rejected}) {
        const auto words = inPlainWords(Failure({code, "404"}, Asked::toPlay));
        EXPECT_TRUE(words.contains("this loop") || words.contains("This loop")) << words;
        EXPECT_NE(words, inPlainWords(Failure({code, "404"})));
        EXPECT_FALSE(words.contains("length")) << words;
    }
}

TEST(PlainWords, SpeakOfAPasswordOnlyToWhomTypedOne) {
    const sidespan::Error error{ErrorCode::unauthorized, "401"};
    EXPECT_TRUE(inPlainWords(Failure(error, Asked::toSignIn)).contains("password"));
    EXPECT_FALSE(inPlainWords(Failure(error)).contains("password"));
}

}
}
