#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>

#include <boost/json/object.hpp>

namespace sidespan::collector {

/// The resources of one trace as it is read, each parsed once.
class TraceResources {
public:
    /// That of the row with this id, 0 for none, whose JSON is `text`.
    std::shared_ptr<const boost::json::object> of(std::int64_t id, std::string_view text);
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    std::size_t bytes_ = 0;  // of their JSON text
    std::unordered_map<std::int64_t, std::shared_ptr<const boost::json::object>> byId_;
};

}
