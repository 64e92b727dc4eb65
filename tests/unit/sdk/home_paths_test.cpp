#include <string>

#include <gtest/gtest.h>
#include <sidespan/detail/drain/home_paths.h>

namespace sidespan::test {
namespace {

using detail::HomePaths;

std::string shortened(const HomePaths& homes, std::string text) {
    text.resize(homes.shorten(text.data(), text.size()));
    return text;
}

TEST(HomePaths, FindsAHomeThatAUrlHasPercentEncoded) {
    const HomePaths homes({"/home/j\xC3\xB6rg"});
    EXPECT_EQ(shortened(homes, "file:///home/j%C3%B6rg/loop.wav"), "file://~/loop.wav");
    EXPECT_EQ(shortened(homes, "file:///home/j%c3%b6rg"), "file://~");
    EXPECT_EQ(shortened(homes, "?path=%2Fhome%2Fj%C3%B6rg%2Floop.wav"), "?path=~%2Floop.wav");
    EXPECT_EQ(shortened(homes, "/home/j\xC3\xB6rg and /home/j%C3%B6rg"), "~ and ~");
    EXPECT_EQ(shortened(homes, "/home/j%C3%B6rg%C3%A9"), "/home/j%C3%B6rg%C3%A9");
    EXPECT_EQ(shortened(homes, "100% of /home/j%C3%B6r%"), "100% of /home/j%C3%B6r%");
    EXPECT_EQ(shortened(homes, "%2"), "%2");
}

TEST(HomePaths, FindsAHomeWhoseNameHoldsAPercentSign) {
    EXPECT_EQ(shortened(HomePaths({"/home/a%41"}), "/home/a%41/x, /home/a%2541/x"), "~/x, ~/x");
}

TEST(HomePaths, TakesTheLongestOfSeveral) {
    const HomePaths homes({"/home/ann", "/home/ann/snap/plug", "/mnt/real/ann"});
    EXPECT_EQ(shortened(homes, "/home/ann/snap/plug/x /home/ann/y /mnt/real/ann/z /home/anna"),
              "~/x ~/y ~/z /home/anna");
}

TEST(HomePaths, KnowsTheSpellingsOfWindows) {
    const HomePaths homes({"C:\\Users\\Ann"});
    EXPECT_EQ(shortened(homes, "C:\\Users\\Ann\\loop.wav"), "~\\loop.wav");
    EXPECT_EQ(shortened(homes, "c:/users/ann/loop.wav"), "~/loop.wav");
    EXPECT_EQ(shortened(homes, "file:///C%3A/Users/Ann/x"), "file:///~/x");
    EXPECT_EQ(shortened(homes, "C:\\Users\\Anna"), "C:\\Users\\Anna");
    EXPECT_EQ(shortened(HomePaths({"/home/ann"}), "/home/Ann"), "/home/Ann");
}

TEST(HomePaths, KnowsAHomeOfWindowsThatHasBeenEscaped) {
    const HomePaths homes({"C:\\Users\\Ann"});
    EXPECT_EQ(shortened(homes, R"({"path":"C:\\Users\\Ann\\loop.wav"})"), R"({"path":"~\\loop.wav"})");
    EXPECT_EQ(shortened(homes, R"(C:\\\\users//ann)"), "~");
    EXPECT_EQ(shortened(homes, "C:%5C%5CUsers%5C%5CAnn%5C%5Cx"), "~%5C%5Cx");
    EXPECT_EQ(shortened(HomePaths({"/home/ann"}), "/home//ann"), "/home//ann");
}

TEST(HomePaths, KnowsAHomeOfWindowsWithoutADrive) {
    const HomePaths homes({"C:\\Users\\Ann", "\\Users\\Ann"});
    EXPECT_EQ(shortened(homes, "C:\\Users\\Ann\\x"), "~\\x");
    EXPECT_EQ(shortened(homes, "\\Device\\HarddiskVolume3\\Users\\Ann\\x"), "\\Device\\HarddiskVolume3~\\x");
    EXPECT_EQ(shortened(homes, "//localhost/c$/users/ann/x"), "//localhost/c$~/x");
    EXPECT_EQ(shortened(homes, "\\Users\\Anna"), "\\Users\\Anna");
}

TEST(HomePaths, KnowsAHomeOnAShare) {
    const HomePaths homes({"\\server\\users\\ann"});
    EXPECT_EQ(shortened(homes, "\\\\server\\users\\Ann\\x"), "~\\x");
    EXPECT_EQ(shortened(homes, "//SERVER/users/ann/x"), "~/x");
    EXPECT_EQ(shortened(homes, "file://server/users/ann/x"), "file:~/x");
    EXPECT_EQ(shortened(homes, "\\\\?\\UNC\\server\\users\\ann\\x"), "\\\\?\\UNC~\\x");
}

TEST(HomePaths, LeavesTextsAloneWithoutAHome) {
    EXPECT_EQ(shortened(HomePaths({}), "/home/ann 100%"), "/home/ann 100%");
}

}
}
