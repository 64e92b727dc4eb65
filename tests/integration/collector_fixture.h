#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sidespan_collector/collector.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

/// A collector in the test's process, with a database file of its own, and a client that waits for each
/// answer.
namespace sidespan::collector::testing {

namespace asio = boost::asio;
namespace http = boost::beast::http;

inline constexpr std::string_view traceA = "0af76519-16cd-43dd-8448-eb211c80319c";
inline constexpr std::string_view spansPath = "/api/v1/telemetry/spans";

using Headers = std::map<std::string, std::string>;

/// One connection. What takes longer than ten seconds fails the test by an exception.
class Client {
public:
    using Response = http::response<http::string_body>;

    explicit Client(std::uint16_t port) : stream_(io_) {
        withDeadline([&](auto done) {
            stream_.async_connect(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port), done);
        });
    }

    Response request(http::verb method, std::string_view target, std::string body = {},
                     const Headers& headers = {}) {
        http::request<http::string_body> request(method, {target.data(), target.size()}, 11);
        request.set(http::field::host, "127.0.0.1");
        for (const auto& [name, value] : headers) request.set(name, value);
        request.body() = std::move(body);
        if (!request.body().empty() || method == http::verb::post) request.prepare_payload();
        withDeadline([&](auto done) { http::async_write(stream_, request, adapt(done)); });
        return read(method == http::verb::head);
    }
    Response get(std::string_view target, const Headers& headers = {}) {
        return request(http::verb::get, target, {}, headers);
    }
    Response postSpans(std::string body, Headers headers = {}) {
        headers.emplace("Content-Type", "application/json");
        return request(http::verb::post, spansPath, std::move(body), headers);
    }

    /// Has the system hold little of what arrives and is not read.
    void holdLittle() { stream_.socket().set_option(asio::socket_base::receive_buffer_size(4096)); }

    /// Sends bytes as they are.
    void send(std::string_view bytes) {
        withDeadline([&](auto done) { asio::async_write(stream_, asio::buffer(bytes), adapt(done)); });
    }
    Response read(bool headOnly = false) {
        http::response_parser<http::string_body> parser;
        parser.body_limit(boost::none);
        parser.skip(headOnly);
        withDeadline([&](auto done) { http::async_read(stream_, buffer_, parser, adapt(done)); });
        return parser.release();
    }
    /// True when the server closes the connection without sending anything more.
    bool isClosedByServer() {
        try {
            char byte = 0;
            withDeadline([&](auto done) { stream_.async_read_some(asio::buffer(&byte, 1), adapt(done)); });
            return false;
        } catch (const boost::system::system_error& error) {
            return error.code() == asio::error::eof || error.code() == asio::error::connection_reset;
        }
    }

    /// True when the server closes the connection, whatever it sends before it does.
    bool isClosedInTheEnd() {
        try {
            for (char byte = 0;;) {
                withDeadline(
                    [&](auto done) { stream_.async_read_some(asio::buffer(&byte, 1), adapt(done)); });
            }
        } catch (const boost::system::system_error& error) {
            return error.code() == asio::error::eof || error.code() == asio::error::connection_reset;
        }
    }

private:
    template <class Done>
    static auto adapt(Done done) {
        return [done](boost::system::error_code error, std::size_t) { done(error); };
    }
    template <class Start>
    void withDeadline(Start start) {
        boost::system::error_code result = asio::error::would_block;
        stream_.expires_after(std::chrono::seconds(10));
        start([&result](boost::system::error_code error) { result = error; });
        io_.restart();
        io_.run();
        if (result) throw boost::system::system_error(result);
    }

    asio::io_context io_;
    boost::beast::tcp_stream stream_;
    boost::beast::flat_buffer buffer_;
};

class CollectorTest : public ::testing::Test {
protected:
    CollectorTest() {
        std::string pattern = ::testing::TempDir() + "sidespan-collector-XXXXXX";
        directory_ = mkdtemp(pattern.data());
        options_.database = directory_ / "spans.db";
        options_.onError = [](std::string_view message) { ADD_FAILURE() << "collector: " << message; };
    }
    ~CollectorTest() override {
        collector_.reset();
        std::filesystem::remove_all(directory_);
    }

    void start() { collector_ = std::make_unique<Collector>(options_); }
    [[nodiscard]] Client connect() const { return Client(collector_->port()); }

    static boost::json::object spanJson(std::uint64_t id, std::uint64_t parent, std::string_view name,
                                        std::int64_t startMs, std::int64_t endMs,
                                        std::string_view trace = traceA) {
        constexpr std::int64_t epochMs = 1'766'012'345'000;
        boost::json::object json{{"traceId", trace},
                                 {"spanId", fmt::format("{:016x}", id)},
                                 {"name", name},
                                 {"startTimeMs", epochMs + startMs},
                                 {"endTimeMs", epochMs + endMs}};
        if (parent != 0) json["parentSpanId"] = fmt::format("{:016x}", parent);
        return json;
    }
    static boost::json::object parse(const Client::Response& response) {
        return boost::json::parse(response.body()).as_object();
    }
    static std::string errorOf(const Client::Response& response) {
        EXPECT_EQ(response[http::field::content_type], "application/json");
        return std::string(parse(response).at("error").as_string());
    }

    std::filesystem::path directory_;
    CollectorOptions options_;
    std::unique_ptr<Collector> collector_;
};

}
