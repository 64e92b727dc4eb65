#include "store/trace_resources.h"

#include <sidespan/json/parse_json.h>
#include <boost/json/value.hpp>
namespace sidespan::collector {

std::shared_ptr<const boost::json::object> TraceResources::of(std::int64_t id, std::string_view text) {
    if (id == 0) return nullptr;
    auto& resource = byId_[id];
    if (!resource) {
        bytes_ += text.size();
        resource = std::make_shared<const boost::json::object>(parseJson(text).as_object());
    }
    return resource;
}

}
