#include <sidespan/encoding/detail/json_text.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>

#include <gtest/gtest.h>
#include <sidespan/encoding/utf8.h>
#include <sidespan/json/parse_json.h>
#include <sidespan/span_id.h>
#include <sidespan/trace_id.h>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <sidespan/encoding/detail/json_digits.h>

namespace {

namespace detail = sidespan::detail;

// The vectors of the machine's own are the ones that are tested.
#if defined(SIDESPAN_PROCESSOR_ARM64)
static_assert(std::is_same_v<detail::Block, detail::NeonBlock>);
#elif defined(__x86_64__)
static_assert(std::is_same_v<detail::Block, detail::SseBlock>);
#endif

template <class TextBlock = detail::Block>
std::string escaped(std::string_view text) {
    // On the heap and of the exact size, so that AddressSanitizer sees a step too far.
    std::string out(text.size() * detail::mostEscaped + detail::blockSize, '\0');
    out.resize(static_cast<std::size_t>(detail::writeEscaped<TextBlock>(out.data(), text) - out.data()));
    return out;
}

template <class TextBlock>
std::string plain(std::string_view text) {
    std::string out(text.size() + detail::blockSize, '\0');
    out.resize(static_cast<std::size_t>(detail::writePlain<TextBlock>(out.data(), text) - out.data()));
    return out;
}

std::string written(double value) {
    char out[detail::mostDoubleDigits];
    return {out, detail::writeDouble(out, value)};
}

// Mostly plain text with what is not plain strewn in, at every place of a block.
std::string randomText(std::mt19937_64& random) {
    static const std::string_view pieces[] = {"\"",           "\\",           "\n",
                                              "\x01",         "\x1F",         "\x7F",
                                              "\xC3\xA9",     "\xE2\x82\xAC", "\xF0\x9F\x8E\xB9",
                                              "\xFF",         "\xC3",         "\xE2\x82",
                                              "\xED\xA0\x80", "\x80"};
    std::string text;
    const std::size_t size = random() % 70;
    while (text.size() < size) {
        if (random() % 8 == 0) {
            text += pieces[random() % std::size(pieces)];
        } else {
            text += static_cast<char>('!' + random() % 94);
        }
    }
    return text;
}

TEST(JsonText, EscapesAsBoostDoes) {
    std::mt19937_64 random(99);
    for (int i = 0; i < 30'000; ++i) {
        const std::string text = randomText(random);
        const boost::json::value read = sidespan::parseJson('"' + escaped(text) + '"');
        ASSERT_EQ(read, boost::json::value(boost::json::string(sidespan::toValidUtf8(text)))) << text;
    }
}

TEST(JsonText, EscapesEveryByteAtEveryPlaceOfABlock) {
    for (int byte = 0; byte < 256; ++byte) {
        for (std::size_t at = 0; at < 34; ++at) {
            std::string text(34, 'a');
            text[at] = static_cast<char>(byte);
            const boost::json::value read = sidespan::parseJson('"' + escaped(text) + '"');
            ASSERT_EQ(read.get_string(), boost::json::string(sidespan::toValidUtf8(text)))
                << byte << " at " << at;
        }
    }
}

TEST(JsonText, CopiesPlainTextOfEveryLength) {
    for (std::size_t size = 0; size < 300; ++size) {
        const std::string text(size, 'p');
        std::string out(size + detail::blockSize, '\0');
        const char* end = detail::writePlain(out.data(), text);
        EXPECT_EQ(out.substr(0, static_cast<std::size_t>(end - out.data())), text);
    }
}

TEST(JsonText, FindsTheFirstCharacterThatIsNotPlainWithAndWithoutVectors) {
    std::mt19937_64 random(3);
    for (int i = 0; i < 50'000; ++i) {
        char text[detail::blockSize];
        for (char& c : text) c = static_cast<char>(random() % 4 == 0 ? random() : 'a' + random() % 26);
        std::size_t expected = 0;
        while (expected < detail::blockSize && detail::isPlain(text[expected])) ++expected;
        ASSERT_EQ(detail::Block::load(text).plainPrefix(), expected);
        ASSERT_EQ(detail::WordBlock::load(text).plainPrefix(), expected);
    }
}

TEST(JsonText, IsTheSameToTheLastByteWithAndWithoutVectors) {
    std::mt19937_64 random(1789);
    for (int i = 0; i < 30'000; ++i) {
        std::string text = randomText(random);
        if (i % 2 == 0)
            for (char& c : text) c = static_cast<char>(random());
        ASSERT_EQ(escaped<detail::Block>(text), escaped<detail::WordBlock>(text));
        ASSERT_EQ(plain<detail::Block>(text), plain<detail::WordBlock>(text));
    }
}

TEST(JsonDigits, WritesDoublesThatReadBackExactly) {
    std::mt19937_64 random(11);
    const auto check = [](double value) {
        const boost::json::value read = sidespan::parseJson(written(value));
        ASSERT_TRUE(read.is_double()) << written(value);
        ASSERT_EQ(std::bit_cast<std::uint64_t>(read.get_double()), std::bit_cast<std::uint64_t>(value))
            << value;
    };
    for (int i = 0; i < 50'000; ++i) {
        if (const auto any = std::bit_cast<double>(random()); std::isfinite(any)) check(any);
        check(static_cast<double>(random() % 100'000'000) / 1000);
        check(-static_cast<double>(random() % 1'000'000) / 7);
        check(static_cast<double>(random() >> (random() % 64)));
        check(std::nextafter(static_cast<double>(random() % 1000) / 100, 1e9));
    }
    for (double value :
         {0.0, -0.0, 1e308, -1e308, 5e-324, 9007199254.740991, 9007199254.740993, 9007199255.0, 0x1p53}) {
        check(value);
    }
}

TEST(JsonDigits, WritesShortDecimalsAsPeopleDo) {
    EXPECT_EQ(written(0.61), "0.61");
    EXPECT_EQ(written(48'000.0), "48000.0");
    EXPECT_EQ(written(-0.0), "-0.0");
    EXPECT_EQ(written(-1.5), "-1.5");
    EXPECT_EQ(written(0.000001), "0.000001");
    EXPECT_EQ(written(999.999999), "999.999999");
    EXPECT_EQ(written(1.0 / 3.0), "0.3333333333333333");
    EXPECT_EQ(written(1e16), "1e+16");
}

TEST(JsonDigits, NamesWhatJsonHasNoNumberFor) {
    EXPECT_EQ(written(std::nan("")), "\"NaN\"");
    EXPECT_EQ(written(std::numeric_limits<double>::infinity()), "\"Infinity\"");
    EXPECT_EQ(written(-std::numeric_limits<double>::infinity()), "\"-Infinity\"");
}

TEST(JsonDigits, WritesIdsAsTheyAreWrittenElsewhere) {
    std::mt19937_64 random(5);
    for (int i = 0; i < 1000; ++i) {
        const std::uint64_t high = random();
        const std::uint64_t low = random();
        char out[36];
        detail::writeUuid(out, high, low);
        ASSERT_EQ(std::string(out, 36), sidespan::TraceId(high, low).toUuid());
        detail::writeHex(out, low);
        ASSERT_EQ(std::string(out, 16), sidespan::SpanId(low).toHex());
    }
}

}
