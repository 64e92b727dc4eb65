#include "plain_words.h"

#include <gtest/gtest.h>

namespace loopshare {
namespace {

using sidespan::ErrorCode;

TEST(PlainWords, AreSentencesWhateverWentWrong) {
    for (auto code = 0; code <= static_cast<int>(ErrorCode::resource); ++code) {
        const auto words = inPlainWords(Failure({static_cast<ErrorCode>(code), "the disk is full"}));
        EXPECT_TRUE(words.endsWithChar('.')) << words;
        EXPECT_EQ(words.substring(0, 1), words.substring(0, 1).toUpperCase()) << words;
    }
    EXPECT_EQ(inPlainWords(Failure({ErrorCode::io, "the disk is full"})), "The disk is full.");
}

TEST(PlainWords, SpeakOfAPasswordOnlyToWhomTypedOne) {
    const sidespan::Error error{ErrorCode::unauthorized, "401"};
    EXPECT_TRUE(inPlainWords(Failure(error, Asked::toSignIn)).contains("password"));
    EXPECT_FALSE(inPlainWords(Failure(error)).contains("password"));
}

}
}
