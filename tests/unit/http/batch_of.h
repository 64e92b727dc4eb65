#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "batch/batch.h"

namespace sidespan::detail {

/// A batch as a JSON encoding makes it, of these spans.
inline std::unique_ptr<Batch> batchOf(const std::vector<std::string>& spans) {
    auto batch = std::make_unique<Batch>();
    batch->id = Uuid::random();
    batch->path = "/path";
    batch->body.append("[");
    batch->head = 1;
    for (const auto& span : spans) {
        batch->body.append(batch->spanEnds.empty() ? span : "," + span);
        batch->spanEnds.push_back(static_cast<std::uint32_t>(batch->body.size()));
    }
    batch->body.append("]");
    return batch;
}

}
