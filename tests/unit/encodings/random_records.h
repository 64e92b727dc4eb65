#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "record_builder.h"

/// Random records of every shape, within the 4 KiB of a real one.
class RandomRecords {
public:
    explicit RandomRecords(std::uint64_t seed) : random_(seed) {
        for (std::size_t size = 1; size < keys_.size(); ++size) {
            for (std::size_t i = 0; i < size; ++i)
                keys_[size] += static_cast<char>("az09._-/ ~"[random_() % 10]);
        }
    }

    const std::vector<std::byte>& next() {
        builder_.begin(key(255));
        fillItem(builder_.item());
        builder_.status(static_cast<sidespan::SpanStatus>(random_() % 4));
        builder_.kind(static_cast<sidespan::SpanKind>(random_() % 6));
        const std::size_t items = random_() % 3 == 0 ? random_() % 30 : random_() % 4;
        part_ = 0;
        if (random_() % 4 == 0) builder_.copiedName("x" + text());
        for (std::size_t i = 0; i < items; ++i) addItem();
        return builder_.finish();
    }

private:
    std::string_view key(std::size_t longest) {
        return keys_[1 + random_() % (random_() % 4 == 0 ? longest : 20)];
    }

    std::uint64_t time() {
        switch (random_() % 8) {
            case 0:
                return random_() % 3'000'000'000;
            case 1:
                return random_() % std::numeric_limits<std::int64_t>::max();
            case 2:
                return 1'000'000'000'000'000'000 - random_() % 3;
            default:
                return 1'766'012'345'000'000'000 + random_() % 5'000'000'000;
        }
    }

    void fillItem(sidespan::detail::SpanItem& item) {
        item.start = time();
        item.end = std::max(item.start, random_() % 3 == 0 ? time() : item.start + random_() % 90'000'000);
        item.spanId = random_() | 1U;
        item.parentId = random_() % 3 == 0 ? 0 : random_();
        item.traceHigh = random_() | 1U;
        item.traceLow = random_();
    }

    std::string text() {
        std::string text;
        for (std::size_t i = random_() % 50; i > 0; --i) {
            text += static_cast<char>(random_() % 10 == 0 ? random_() : 'a' + random_() % 26);
        }
        return text;
    }

    double real() {
        switch (random_() % 4) {
            case 0:
                return std::bit_cast<double>(random_());
            case 1:
                return std::array{0.0, -0.0, std::nan(""), HUGE_VAL, -HUGE_VAL, 1e308}[random_() % 6];
            default:
                return static_cast<double>(random_() % 100'000) / 100;
        }
    }

    template <class T>
    static void append(std::string& bytes, const T& value) {
        bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }

    void addArray(std::uint8_t flags) {
        using Type = sidespan::AttributeArrayView::Type;
        const auto type = static_cast<Type>(random_() % 4);
        const std::size_t count = random_() % 6;
        std::string elements;
        for (std::size_t i = 0; i < count; ++i) {
            if (type == Type::integer) append(elements, random_() >> (random_() % 64));
            if (type == Type::real) append(elements, real());
            if (type == Type::boolean) append(elements, random_() % 2 == 0);
            if (type != Type::text) continue;
            const std::string element = text();
            append(elements, static_cast<std::uint16_t>(element.size()));
            elements += element;
        }
        builder_.array(key(255), type, count, elements, flags);
    }

    void addItem() {
        const auto flags = static_cast<std::uint8_t>(random_() % 2 * part_);
        switch (random_() % 15) {
            case 0:
            case 1:
            case 2:
                builder_.text(key(255), text(), flags);
                break;
            case 3:
                builder_.integer(key(255), static_cast<std::int64_t>(random_() >> (random_() % 64)), flags);
                break;
            case 4:
                builder_.integer(key(255), std::numeric_limits<std::int64_t>::min(), flags);
                break;
            case 5:
            case 6:
                builder_.real(key(255), real(), flags);
                break;
            case 7:
                builder_.boolean(key(255), random_() % 2 == 0, flags);
                break;
            case 8:
                builder_.event(key(255), time());
                part_ = sidespan::detail::ofEventFlag;
                break;
            case 9:
                builder_.link(random_(), random_(), random_(),
                              static_cast<std::uint32_t>(random_() % 2 * (random_() % 0x400)));
                part_ = sidespan::detail::ofLinkFlag;
                break;
            case 11:
            case 12:
                addArray(flags);
                break;
            case 10:
                builder_.statusMessage(text());
                break;
            case 13:
                builder_.traceState("ot=" + text());
                break;
            default:
                builder_.dropped(static_cast<std::uint32_t>(random_() % 2 * random_()),
                                 static_cast<std::uint32_t>(random_() % 2 * random_()),
                                 static_cast<std::uint32_t>(random_() % 2 * random_()));
                builder_.skipped(key(20));
        }
    }

    std::mt19937_64 random_;
    std::uint8_t part_ = 0;  // what the next attributes may belong to
    std::array<std::string, 256> keys_;
    RecordBuilder builder_{"x"};
};
