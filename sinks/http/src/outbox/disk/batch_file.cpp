#include "batch_file.h"

#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include <zlib.h>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::string_view magic = "sidespan";
constexpr std::uint32_t formatVersion = 1;
constexpr std::size_t checksumAt = magic.size() + sizeof formatVersion;
constexpr std::size_t checkedFrom = checksumAt + sizeof(std::uint32_t);
constexpr std::size_t mostSpans = 65536;
constexpr std::int64_t lastMade = 9'000'000'000'000;  // Unix ms; fits the clock's nanoseconds

std::uint32_t checksum(std::string_view front, std::string_view body) {
    uLong crc = crc32_z(0, nullptr, 0);
    for (const auto part : {front, body}) {
        // A null pointer would begin a new checksum.
        if (!part.empty()) crc = crc32_z(crc, reinterpret_cast<const Bytef*>(part.data()), part.size());
    }
    return static_cast<std::uint32_t>(crc);
}

class Writer {
public:
    template <class T>
    void number(T value) {
        bytes(static_cast<std::make_unsigned_t<T>>(value), sizeof value);
    }
    void bytes(std::uint64_t bits, std::size_t size) {
        for (; size > 0; --size, bits >>= 8U) out.push_back(static_cast<char>(bits & 0xffU));
    }
    void text(std::string_view value) {
        number(static_cast<std::uint16_t>(value.size()));
        out.append(value);
    }
    std::string out;
};

// Takes bytes from the front. After something is missing, everything is zero or empty.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    std::string_view bytes(std::size_t size) {
        isGood_ = isGood_ && size <= rest_.size();
        if (!isGood_) return {};
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    template <class T>
    T number() {
        return static_cast<T>(bits(sizeof(T)));
    }
    std::uint64_t bits(std::size_t size) {
        std::uint64_t value = 0;
        const auto taken = bytes(size);
        for (std::size_t i = taken.size(); i-- > 0;)
            value = value << 8U | static_cast<unsigned char>(taken[i]);
        return value;
    }
    std::string text() { return std::string(bytes(number<std::uint16_t>())); }

    [[nodiscard]] bool isGood() const { return isGood_; }
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
    bool isGood_ = true;
};

Error broken(std::string_view what) {
    return {ErrorCode::io, join({"not a whole batch: ", what})};
}

// Whether the ends are in order and within the body, and no span is empty.
bool isOrdered(const Batch& batch, std::size_t bodySize) {
    std::uint32_t before = batch.head;
    for (const auto end : batch.spanEnds) {
        if (end <= before) return false;
        before = end;
    }
    return before <= bodySize;
}

}

SIDESPAN_COLD BatchFile::BatchFile(const Batch& batch, std::string_view destination)
    : body_(batch.body.view()) {
    Writer writer;
    writer.out.reserve(256 + batch.spanEnds.size() * sizeof(std::uint32_t));
    writer.out.append(magic);
    writer.number(formatVersion);
    writer.number(std::uint32_t{0});
    writer.out.append(batch.id.bytes());
    writer.number(
        std::chrono::duration_cast<std::chrono::milliseconds>(batch.made.time_since_epoch()).count());
    writer.number(batch.generation);
    writer.text(batch.contentType);
    writer.text(batch.path);
    writer.text(destination);
    writer.number(batch.head);
    writer.number(static_cast<std::uint32_t>(batch.spanEnds.size()));
    for (const auto end : batch.spanEnds) writer.number(end);
    writer.number(static_cast<std::uint64_t>(body_.size()));
    front_ = std::move(writer.out);

    Writer sum;
    sum.number(checksum(std::string_view(front_).substr(checkedFrom), body_));
    front_.replace(checksumAt, sum.out.size(), sum.out);
}

bool BatchFile::isOfLaterVersion(std::string_view bytes) {
    Reader reader(bytes);
    return reader.bytes(magic.size()) == magic && reader.number<std::uint32_t>() > formatVersion;
}

SIDESPAN_COLD Outcome<BatchFile::Content> BatchFile::parse(std::string_view bytes) {
    Reader reader(bytes);
    if (reader.bytes(magic.size()) != magic) return broken("it does not begin as one");
    if (const auto version = reader.number<std::uint32_t>(); version != formatVersion) {
        return broken(join({"its version is ", decimal(version)}));
    }
    const auto sum = reader.number<std::uint32_t>();
    if (!reader.isGood() || sum != checksum(reader.rest(), {})) return broken("its checksum is wrong");

    Content content{.batch = std::make_unique<Batch>(), .destination = {}};
    Batch& batch = *content.batch;
    batch.id = Uuid::fromBytes(reader.bytes(Uuid::size));
    const auto made = reader.number<std::int64_t>();
    batch.generation = reader.number<std::uint64_t>();
    batch.contentType = reader.text();
    batch.path = reader.text();
    content.destination = reader.text();
    batch.head = reader.number<std::uint32_t>();
    const auto spans = reader.number<std::uint32_t>();
    if (!reader.isGood() || spans == 0 || spans > mostSpans || made < 0 || made > lastMade)
        return broken("its header is wrong");
    batch.made = DeliveryClock::WallTime(std::chrono::milliseconds(made));
    batch.spanEnds.reserve(spans);
    for (std::uint32_t i = 0; i < spans; ++i) batch.spanEnds.push_back(reader.number<std::uint32_t>());
    const auto bodySize = reader.number<std::uint64_t>();
    if (!reader.isGood() || bodySize != reader.rest().size() || !isOrdered(batch, bodySize)) {
        return broken("its parts do not fit together");
    }
    batch.body.append(reader.rest());
    batch.bodyBytes = batch.body.size();
    return content;
}

}
