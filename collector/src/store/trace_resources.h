#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>

#include <boost/json/object.hpp>

namespace sidespan::collector {

/// Parses each resource once while a trace is read.
class TraceResources {
public:
    /// The resource with the row id `id`, parsed from `text`; null if `id` is 0.
    std::shared_ptr<const boost::json::object> of(std::int64_t id, std::string_view text);
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    std::size_t bytes_ = 0;  // size of the JSON texts
    std::unordered_map<std::int64_t, std::shared_ptr<const boost::json::object>> byId_;
};

}
