#include "batch_id.h"

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

std::string BatchId::text() const {
    return boost::uuids::to_string(uuid_);
}

}
