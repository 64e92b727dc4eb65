#include "forward/forwarder.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <sidespan/json/parse_json.h>
#include <sidespan/network/network_client.h>
#include <sidespan/otlp/otlp_protobuf.h>
#include <sidespan/otlp_writer/otlp_writer.h>
#include <sidespan/sink_http/detail/batch_delivery.h>
#include <sidespan/version.h>

namespace sidespan::collector {

namespace {

using namespace std::chrono_literals;
using detail::BatchDelivery;

constexpr std::size_t largestRequest = std::size_t{64} << 20U;
constexpr std::size_t largestOutbox = std::size_t{1} << 40U;  // the most that Config::outbox.maxBytes may be

// The bytes that may wait before the collector refuses posts.
std::size_t waitingLimit(const ForwardOptions& options) noexcept {
    return std::min(options.maxBytes, largestOutbox - 2 * largestRequest);
}

// An error of the SDK's configuration names its field, but the user gave an option.
std::string asOption(std::string message) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 2> options{{
        {"Config::endpoint ", "--forward "},
        {"Config::http.headers ", "--forward-header "},
    }};
    for (const auto& [field, option] : options) {
        if (message.starts_with(field)) return message.replace(0, field.size(), option);
    }
    return "--forward: " + message;
}

// The spans of one request form one batch of the outbox: `maxAge` 0 closes it at once. The outbox has room
// for more than the collector accepts, so it never drops spans to make room.
ValidConfig makeConfig(const ForwardOptions& options, const std::filesystem::path& folder,
                       std::function<void(std::string_view)> onError) {
    Config config;
    config.service = {"sidespan-collector", std::string(version)};
    config.clientType = ClientType::server;
    config.endpoint = options.url;
    if (constexpr std::string_view path = OtlpProtobuf::path; config.endpoint.ends_with(path))
        config.endpoint.resize(config.endpoint.size() - path.size());
    config.consent = Consent::granted;
    config.http.headers = options.headers;
    // Returns no token. The SDK tries a refused request (401, 403) again only if there is a provider.
    config.tokenProvider = [] { return std::string(); };
    config.batch = {.maxSpans = 4096, .maxBytes = largestRequest, .maxAge = 0ms, .gzip = true};
    config.retry = {.initialBackoff = 500ms, .maxBackoff = 30s};
    const auto utf8 = folder.u8string();
    config.outbox.directory.assign(utf8.begin(), utf8.end());
    config.outbox.maxBytes = waitingLimit(options) + 2 * largestRequest;
    config.outbox.maxAge = std::chrono::hours{24 * 366};
    config.onError = [onError = std::move(onError)](const Error& error) {
        if (onError) onError("forward: " + error.message);
    };
    if (auto wrong = BatchDelivery::checkConfig(config))
        throw std::invalid_argument(asOption(wrong->message));
    auto valid = validate(std::move(config));
    if (!valid) throw std::invalid_argument(asOption(valid.error().message));
    return valid.value();
}

constexpr BatchDelivery::Format forwardedFormat{.contentType = OtlpProtobuf::contentType,
                                                .path = OtlpProtobuf::path,
                                                .isOtlp = true,
                                                .separator = "",
                                                .fixLengths = &OtlpWriter::fixLengths,
                                                .hasOwnClock = false};

// The resource of a row that came without one, made from its columns.
boost::json::object resourceOf(const SpanRow& row) {
    auto resource = row.resource ? parseJson(*row.resource).as_object() : boost::json::object();
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!value.empty() && !resource.contains(key)) resource[key] = value;
    };
    add("service.name", row.serviceName);
    add("service.version", row.clientVersion);
    add("sidespan.client.type", row.clientType);
    return resource;
}

std::string_view scopeTextOf(const SpanRow& row) {
    return row.scope ? std::string_view(*row.scope) : std::string_view();
}

OtlpWriter writerFor(const SpanRow& row) {
    return OtlpWriter(resourceOf(row), row.scope ? parseJson(*row.scope).as_object() : boost::json::object());
}

std::size_t sourceBytes(const SpanRow& row) {
    return (row.resource ? row.resource->size() : 0) + scopeTextOf(row).size();
}

using Rows = std::vector<const SpanRow*>;

// By resource and instrumentation scope.
std::vector<Rows> groupBySource(const Rows& rows) {
    using Text = std::string_view;
    std::map<std::tuple<const std::string*, Text, Text, Text, Text>, Rows> groups;
    for (const auto* row : rows) {
        groups[{row->resource.get(), row->serviceName, row->clientVersion, row->clientType,
                scopeTextOf(*row)}]
            .push_back(row);
    }
    std::vector<Rows> list;
    for (auto& [key, group] : groups) list.push_back(std::move(group));
    return list;
}

}

class Forwarder::Connection {
public:
    Connection(const ValidConfig& config, std::shared_ptr<DeliveryClock> clock)
        : client_(config, NetworkClient::Parts{.clock = std::move(clock)}),
          delivery_(config, client_.runner(), forwardedFormat) {
        delivery_.start();
    }
    ~Connection() { delivery_.leave(); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void finish(Deadline deadline) { static_cast<void>(delivery_.finish(deadline)); }
    void shutdown(Deadline deadline) { static_cast<void>(client_.shutdown(deadline)); }
    [[nodiscard]] BatchDelivery& delivery() noexcept { return delivery_; }
    [[nodiscard]] const BatchDelivery& delivery() const noexcept { return delivery_; }

private:
    NetworkClient client_;
    BatchDelivery delivery_;
};

Forwarder::Forwarder(const ForwardOptions& options, const std::filesystem::path& folder,
                     std::function<void(std::string_view)> onError, std::shared_ptr<DeliveryClock> clock)
    : config_(makeConfig(options, folder, std::move(onError))), maxBytes_(waitingLimit(options)) {
    for (std::size_t i = 0; i < connections; ++i)
        connections_.push_back(std::make_unique<Connection>(config_, clock));
}

Forwarder::~Forwarder() {
    const auto end = deadlineIn(1s);
    for (const auto& connection : connections_) connection->finish(end);
    const auto last = deadlineIn(1s);
    for (const auto& connection : connections_) connection->shutdown(last);
}

bool Forwarder::isFull() const {
    std::size_t waiting = 0;
    for (const auto& connection : connections_) waiting += connection->delivery().waitingBytes();
    return waiting >= maxBytes_;
}

SinkStats Forwarder::stats() const {
    SinkStats sum;
    for (const auto& connection : connections_) {
        const auto stats = connection->delivery().stats();
        sum.received += stats.received;
        sum.recovered += stats.recovered;
        sum.delivered += stats.delivered;
        sum.queued += stats.queued;
        sum.onDisk += stats.onDisk;
        sum.dropped += stats.dropped;
    }
    return sum;
}

Forwarder::Connection& Forwarder::leastBusy() const {
    return **std::ranges::min_element(
        connections_, {}, [](const auto& connection) { return connection->delivery().waitingBytes(); });
}

// A batch of the outbox has one resource and scope at its head. Short resources with few spans share a batch,
// in which each span repeats its resource.
void Forwarder::take(const Rows& rows) {
    constexpr std::size_t few = 8;
    constexpr std::size_t isShort = 4096;
    const auto groups = groupBySource(rows);
    std::vector<Rows> small;
    std::size_t spansOfSmall = 0;
    for (const auto& group : groups) {
        if (groups.size() == 1 || group.size() > few || sourceBytes(*group.front()) > isShort) {
            takeGroup(group);
        } else {
            small.push_back(group);
            spansOfSmall += group.size();
        }
    }
    if (!small.empty()) takeMixed(small, spansOfSmall);
}

void Forwarder::takeGroup(const Rows& rows) {
    BatchDelivery::Intake intake(leastBusy().delivery(), rows.size(), config_->consent.epoch());
    encoded_.clear();
    writerFor(*rows.front()).appendHead(encoded_.text());
    encoded_.endHead();
    for (const auto* row : rows) {
        OtlpWriter::appendSpan(encoded_.text(), nativeJson(*row));
        encoded_.endSpan();
    }
    intake.add(encoded_);
}

void Forwarder::takeMixed(const std::vector<Rows>& groups, std::size_t spans) {
    BatchDelivery::Intake intake(leastBusy().delivery(), spans, config_->consent.epoch());
    for (const auto& group : groups) {
        encoded_.clear();
        encoded_.endHead();
        const OtlpWriter writer = writerFor(*group.front());
        for (const auto* row : group) {
            writer.appendWhole(encoded_.text(), nativeJson(*row));
            encoded_.endSpan();
        }
        intake.add(encoded_);
    }
}

}
