#include "made_spans.h"

#include <array>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <sidespan/trace_id.h>

namespace sidespan::bench {

namespace {

constexpr std::array names{"audio.upload", "audio.encode", "network.post", "feed.load",      "auth.login",
                           "ui.click",     "dsp.filter",   "file.read",    "preset.restore", "library.scan"};

}

std::vector<collector::SpanRow> MadeSpans::nextBatch() {
    std::vector<collector::SpanRow> rows;
    rows.reserve(perBatch);
    const auto version = fmt::format("1.{}.0", random_() % 3);
    const auto resource = std::make_shared<const std::string>(
        fmt::format(R"({{"os.type":"linux","daw.name":"Live {}"}})", 10 + random_() % 3));
    while (rows.size() < perBatch) {
        const auto trace = TraceId(random_(), random_()).toUuid();
        const bool isFailed = random_() % 50 == 0;
        std::string root;
        for (std::size_t i = 0; i < perTrace; ++i) {
            auto& row = rows.emplace_back();
            row.traceId = trace;
            row.spanId = fmt::format("{:016x}", random_());
            row.parentSpanId = root;
            if (i == 0) root = row.spanId;
            row.name = names[random_() % names.size()];
            row.kind = "internal";
            row.status = isFailed && i == 0 ? "error" : "ok";
            row.clientType = "plugin";
            row.clientVersion = version;
            row.serviceName = "LoopShare";
            row.resource = resource;
            row.attributes = fmt::format(R"({{"file.name":"loop_{}.wav","file.bytes":{},"daw":"Live {}"}})",
                                         random_() % 100'000, random_() % 10'000'000, 9 + random_() % 4);
            row.startUnixNano = clock_ + static_cast<std::int64_t>(i) * 1'000'000;
            row.endUnixNano = row.startUnixNano + static_cast<std::int64_t>(random_() % 300'000'000);
        }
        clock_ += 50'000'000;
    }
    return rows;
}

}
