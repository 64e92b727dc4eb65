#include "batch_id.h"

#include <algorithm>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace sidespan::inline v0::detail {

BatchId BatchId::random() {
    return BatchId(boost::uuids::random_generator()());
}

BatchId BatchId::part(unsigned number) const {
    return BatchId(boost::uuids::name_generator_sha1(uuid_)(std::to_string(number)));
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
