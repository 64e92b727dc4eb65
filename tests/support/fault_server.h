#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "patience.h"

namespace sidespan::test {

/// A request as it arrived. Header names are lower case; the body is decompressed.
struct ReceivedRequest {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;
    std::string body;
    std::size_t bodyBytes = 0;  // on the wire

    [[nodiscard]] std::string header(const std::string& name) const {
        const auto at = headers.find(name);
        return at == headers.end() ? std::string() : at->second;
    }
};

/// One request on one connection, as a behaviour handles it.
class Exchange {
public:
    virtual ~Exchange() = default;
    /// Reads the request to its end, and has it recorded; false when it never came to one.
    virtual bool read() = 0;
    /// Reads no further than that many bytes.
    virtual void readSome(std::size_t bytes) = 0;
    /// Counts the spans of the request as stored, each once however often it comes, and gives what the
    /// collector would answer.
    virtual std::string store() = 0;
    virtual void answer(int status, std::string_view body,
                        const std::map<std::string, std::string>& headers) = 0;
    /// Raw bytes; false when the other side is gone.
    virtual bool write(std::string_view bytes) = 0;
    /// False when the server is being stopped, or the other side has gone.
    virtual bool pause(std::chrono::milliseconds time) = 0;
    /// Until the other side goes, or the server is stopped.
    virtual void hold() = 0;
    virtual void close() = 0;
    /// Closes without the usual farewell: the other side sees a reset.
    virtual void reset() = 0;
    [[nodiscard]] virtual const ReceivedRequest& request() const = 0;
};

using Behaviour = std::function<void(Exchange&)>;

/// What can happen to a request.
namespace faults {

[[nodiscard]] Behaviour store();             ///< what a good server does
[[nodiscard]] Behaviour storeHeadersOnly();  ///< stores, and answers 200 without a body
[[nodiscard]] Behaviour answer(int status, std::string body = {},
                               std::map<std::string, std::string> headers = {});
[[nodiscard]] Behaviour silent();        ///< reads, and says nothing
[[nodiscard]] Behaviour deaf();          ///< does not even read
[[nodiscard]] Behaviour resetMidBody();  ///< reads a part, and resets
[[nodiscard]] Behaviour closeUnread();   ///< closes at once
[[nodiscard]] Behaviour halfHeader();    ///< stores, and breaks off in the middle of the answer's header
[[nodiscard]] Behaviour slowly(std::chrono::milliseconds perByte);  ///< stores, and answers byte by byte
[[nodiscard]] Behaviour wrongLength();                 ///< stores, and announces more than it sends
[[nodiscard]] Behaviour hugeBody(std::size_t bytes);   ///< stores, and answers at length
[[nodiscard]] Behaviour garbage();                     ///< answers something that is not HTTP
[[nodiscard]] Behaviour okWithoutStoring();            ///< 200, but nothing is stored
[[nodiscard]] Behaviour storeAndClose();               ///< stores everything, and closes without an answer
[[nodiscard]] Behaviour limit(std::size_t bodyBytes);  ///< 413 for larger bodies, stores the others

}

/// A PEM certificate and its key, for a server that speaks TLS.
struct TlsIdentity {
    std::string certificate;
    std::string key;
};

/// An HTTP server on a free loopback port that misbehaves as told: the first request meets the first
/// behaviour of the script, and so on; all later ones meet the last resort, which is to store. A thread for
/// each connection.
class FaultServer {
public:
    FaultServer();
    explicit FaultServer(const TlsIdentity& identity);
    ~FaultServer();
    FaultServer(const FaultServer&) = delete;
    FaultServer& operator=(const FaultServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    /// "http://127.0.0.1:port", or https.
    [[nodiscard]] std::string url() const;

    /// Adds to the script.
    FaultServer& then(Behaviour behaviour);
    FaultServer& then(std::size_t times, const Behaviour& behaviour);
    /// What meets requests when the script is over.
    FaultServer& otherwise(Behaviour behaviour);
    /// Connections are refused until accept().
    void refuse();
    void accept();

    /// Lets go of what requests() gives, and counts those from now on.
    void forget();
    /// Those that were read to their end.
    [[nodiscard]] std::vector<ReceivedRequest> requests() const;
    bool waitForRequests(std::size_t count, std::chrono::milliseconds timeout = patience);
    bool waitForConnections(std::size_t count, std::chrono::milliseconds timeout = patience);
    [[nodiscard]] std::size_t requestCount() const;
    [[nodiscard]] std::size_t connectionCount() const;
    /// Different spans that were stored.
    [[nodiscard]] std::size_t storedSpans() const;
    /// Times a span arrived that was stored already.
    [[nodiscard]] std::size_t duplicateSpans() const;
    bool waitForStored(std::size_t count, std::chrono::milliseconds timeout = patience);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}
