#include "trace_source.h"

#include <charconv>
#include <chrono>
#include <stdexcept>

#include <fmt/format.h>
#include <sidespan/json/parse_json.h>
#include <sidespan/trace_id.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "terminal_text.h"

namespace sidespan::collector {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::chrono::seconds patience{30};
constexpr std::size_t largestAnswer = 512U << 20;

/// One GET on a connection of its own.
class Fetch {
public:
    explicit Fetch(const CollectorUrl& url) : url_(url), resolver_(io_), stream_(io_) {}

    http::response<http::string_body> run(const std::string& target, const std::string& token) {
        request_ = {http::verb::get, url_.path + target, 11};
        request_.set(http::field::host, fmt::format("{}:{}", url_.host, url_.port));
        request_.set(http::field::user_agent, "sidespan-view");
        if (!token.empty()) request_.set(http::field::authorization, "Bearer " + token);
        parser_.body_limit(largestAnswer);
        resolver_.async_resolve(url_.host, std::to_string(url_.port), [this](auto error, auto found) {
            if (failed(error)) return;
            stream_.expires_after(patience);
            stream_.async_connect(found, [this](auto failure, const auto&) { onConnected(failure); });
        });
        io_.run_for(patience);
        if (error_) throw std::runtime_error(error_.message());
        if (!parser_.is_done()) throw std::runtime_error("no answer in time");
        return parser_.release();
    }

private:
    bool failed(boost::system::error_code error) {
        if (error && !error_) error_ = error;
        return bool(error);
    }
    void onConnected(boost::system::error_code error) {
        if (failed(error)) return;
        http::async_write(stream_, request_, [this](auto failure, std::size_t) {
            if (failed(failure)) return;
            http::async_read(stream_, buffer_, parser_, [this](auto last, std::size_t) { failed(last); });
        });
    }

    const CollectorUrl& url_;
    asio::io_context io_;
    asio::ip::tcp::resolver resolver_;
    boost::beast::tcp_stream stream_;
    http::request<http::empty_body> request_;
    boost::beast::flat_buffer buffer_;
    http::response_parser<http::string_body> parser_;
    boost::system::error_code error_;
};

std::string reasonIn(const std::string& body) {
    boost::system::error_code error;
    auto json = parseJson(body, error);
    const auto* object = json.if_object();
    const auto* reason = object == nullptr ? nullptr : object->if_contains("error");
    if (reason == nullptr || !reason->is_string()) return "";
    return ": " + terminalText({reason->get_string().data(), reason->get_string().size()}, TextStyle::ascii);
}

std::string get(const CollectorUrl& url, const std::string& token, const std::string& target) {
    auto where = fmt::format("http://{}:{}{}{}", url.host, url.port, url.path, target);
    http::response<http::string_body> response;
    try {
        response = Fetch(url).run(target, token);
    } catch (const std::exception& error) {
        throw std::runtime_error(fmt::format("{}: {}", where, error.what()));
    }
    if (response.result() == http::status::ok) return std::move(response.body());
    auto advice = response.result() == http::status::unauthorized ? "; give it with --token" : "";
    throw std::runtime_error(
        fmt::format("{}: answered {}{}{}", where, response.result_int(), reasonIn(response.body()), advice));
}

std::string latestTrace(const CollectorUrl& url, const std::string& token) {
    auto list = parseJson(get(url, token, "/api/v1/traces?limit=1"));
    const auto& traces = list.at("traces").as_array();
    if (traces.empty()) throw std::runtime_error("the collector has no trace yet");
    return std::string(traces.front().at("traceId").as_string());
}

}

CollectorUrl parseCollectorUrl(std::string_view text) {
    constexpr std::string_view scheme = "http://";
    if (text.starts_with("https://")) {
        throw std::invalid_argument(
            "--url is https, which this viewer does not speak; save the answer of /api/v1/traces/ID with "
            "curl and "
            "give that file, or reach the collector over ssh -L");
    }
    if (!text.starts_with(scheme)) throw std::invalid_argument("--url must be http://host:port");
    auto rest = text.substr(scheme.size());
    CollectorUrl url;
    auto slash = rest.find('/');
    if (slash != rest.npos) url.path = rest.substr(slash);
    while (url.path.ends_with('/')) url.path.pop_back();
    auto authority = rest.substr(0, slash);
    if (authority.find('@') != authority.npos)
        throw std::invalid_argument("--url must not hold a user; see --token");
    auto colon = authority.rfind(':');
    if (colon != authority.npos && authority.find(']', colon) == authority.npos) {
        auto port = authority.substr(colon + 1);
        auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
        if (error != std::errc() || end != port.data() + port.size() || url.port == 0) {
            throw std::invalid_argument("--url's port must be a number from 1 to 65535");
        }
        authority = authority.substr(0, colon);
    }
    if (authority.starts_with('[') && authority.ends_with(']'))
        authority = authority.substr(1, authority.size() - 2);
    if (authority.empty()) throw std::invalid_argument("--url must be http://host:port");
    url.host = authority;
    return url;
}

std::vector<RecordedSpan> parseTraceAnswer(const boost::json::value& json) {
    std::vector<RecordedSpan> spans;
    const auto* list = json.is_object() ? json.get_object().if_contains("spans") : nullptr;
    if (list == nullptr || !list->is_array()) throw std::invalid_argument("this is not a collector's answer");
    for (const auto& span : list->get_array()) {
        const auto* origin = span.is_object() ? span.get_object().if_contains("origin") : nullptr;
        bool fromServer = origin != nullptr && *origin == "server";
        spans.push_back({Span::fromJson(span), fromServer ? SpanOrigin::server : SpanOrigin::client});
    }
    return spans;
}

std::vector<RecordedSpan> fetchTrace(const CollectorUrl& url, const std::string& token,
                                     const std::string& trace) {
    auto id = trace == "latest" ? latestTrace(url, token) : trace;
    if (!TraceId::parse(id)) throw std::runtime_error("--trace must be latest, a UUID or 32 hex digits");
    return parseTraceAnswer(parseJson(get(url, token, "/api/v1/traces/" + id)));
}

}
