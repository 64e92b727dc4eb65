#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <sidespan/http_transport/http_response.h>

namespace sidespan::collector::testing {

inline constexpr std::string_view spansPath = "/api/v1/telemetry/spans";

using Headers = std::map<std::string, std::string>;

/// One connection to a server on this machine, and a client that waits for each answer. What takes longer
/// than ten seconds fails the test by an exception.
class Client {
public:
    struct Response : HttpResponse {
        /// The header of that name; empty when there is none.
        std::string operator[](std::string_view name) const { return std::string(header(name).value_or("")); }
    };

    explicit Client(std::uint16_t port);
    Client(Client&&) noexcept;
    ~Client();

    Response request(std::string_view method, std::string_view target, std::string body = {},
                     const Headers& headers = {});
    Response get(std::string_view target, const Headers& headers = {}) {
        return request("GET", target, {}, headers);
    }
    Response post(std::string_view target, std::string body = {}, const Headers& headers = {}) {
        return request("POST", target, std::move(body), headers);
    }
    Response postSpans(std::string body, Headers headers = {}) {
        headers.emplace("Content-Type", "application/json");
        return post(spansPath, std::move(body), headers);
    }

    /// Has the system hold little of what arrives and is not read.
    void holdLittle();

    /// Sends bytes as they are.
    void send(std::string_view bytes);
    Response read(bool headOnly = false);
    /// True when the server closes the connection without sending anything more.
    bool isClosedByServer();
    /// True when the server closes the connection, whatever it sends before it does.
    bool isClosedInTheEnd();

private:
    struct Connection;
    std::unique_ptr<Connection> connection_;
};

}
