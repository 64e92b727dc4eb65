#include <sidespan/network/detail/batch_id.h>

#include <algorithm>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <sidespan/detail/join.h>
#include <sidespan/detail/record/id_keys.h>

namespace sidespan::inline v0::detail {

BatchId BatchId::random() {
    const TraceId drawn = IdKeys::draw().traceId(1);  // a version 4 UUID
    BatchId id;
    for (unsigned i = 0; i < 8; ++i) {
        id.uuid_.begin()[i] = static_cast<std::uint8_t>(drawn.high() >> (56U - 8U * i));
        id.uuid_.begin()[8 + i] = static_cast<std::uint8_t>(drawn.low() >> (56U - 8U * i));
    }
    return id;
}

BatchId BatchId::part(unsigned number) const {
    return BatchId(boost::uuids::name_generator_sha1(uuid_)(decimal(number)));
}

BatchId BatchId::fromBytes(std::string_view bytes) noexcept {
    BatchId id;
    if (bytes.size() >= size) std::copy_n(bytes.begin(), size, id.uuid_.begin());
    return id;
}

std::string BatchId::text() const {
    return boost::uuids::to_string(uuid_);
}

}
