#include "faulty_path.h"

#include <exception>

#include "integration/collector_client.h"

namespace sidespan::test {

FaultyPath::FaultyPath(std::uint64_t seed) : random_(seed) {
    server_.otherwise([this](Exchange& exchange) { handle(exchange); });
}

unsigned FaultyPath::draw(unsigned below) {
    const std::lock_guard lock(mutex_);
    return static_cast<unsigned>(random_() % below);
}

void FaultyPath::handle(Exchange& exchange) {
    if (isBlocked_) return exchange.hold();
    if (draw(100) < faults_) {
        ++spoilt_;
        return spoil(exchange, draw(12));
    }
    if (!exchange.read()) return;
    const auto answer = forward(exchange.request());
    if (answer.empty()) return exchange.close();
    exchange.answer(200, answer, {});
    ++passed_;
}

// Some of them after the collector has stored everything.
void FaultyPath::spoil(Exchange& exchange, unsigned kind) {
    switch (kind) {
        case 0:
            return faults::closeUnread()(exchange);
        case 1:
            return faults::resetMidBody()(exchange);
        case 2:
            return faults::garbage()(exchange);
        case 3:
            return faults::answer(503, "busy", {{"Retry-After", "0"}})(exchange);
        case 4:
            return faults::answer(429, "", {{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}})(exchange);
        case 5:
            return faults::answer(500 + 2 * static_cast<int>(draw(3)))(exchange);
        case 6:
            return faults::silent()(exchange);
        default:
            break;
    }
    if (!exchange.read()) return;
    const auto answer = forward(exchange.request());
    if (answer.empty()) return exchange.close();  // no 200 for what nobody has stored
    const auto head = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(answer.size()) + "\r\n";
    switch (kind) {
        case 7:
            return exchange.close();
        case 8:
            return exchange.reset();
        case 9:
            exchange.write(head);  // and no end of it
            return exchange.close();
        case 10:
            exchange.write(head + "\r\n" + answer.substr(0, answer.size() / 2));
            return exchange.close();
        default:
            exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + answer);
            return exchange.reset();
    }
}

std::string FaultyPath::forward(const ReceivedRequest& received) const try {
    collector::testing::Headers headers;
    for (const auto& [name, value] : received.headers) {
        if (name.starts_with("x-client") || name == "idempotency-key" || name == "content-type") {
            headers.emplace(name, value);
        }
    }
    const auto response = collector::testing::Client(port_).post(received.target, received.body, headers);
    return response.status == 200 ? response.body : std::string();
} catch (const std::exception&) {
    return {};
}

}
