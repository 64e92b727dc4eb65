#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>

#include "support/fault_server.h"

namespace sidespan::test {

/// The way from clients to a collector, on which anything may happen to a request and to its answer.
class FaultyPath {
public:
    explicit FaultyPath(std::uint64_t seed);

    /// What clients post to.
    [[nodiscard]] std::string url() const { return server_.url(); }
    /// The collector behind it; 0 while there is none.
    void leadTo(std::uint16_t port) { port_ = port; }
    /// How many of a hundred requests meet a fault.
    void setFaults(unsigned ofHundred) { faults_ = ofHundred; }
    /// Nothing passes, and nothing is answered.
    void block(bool isBlocked) { isBlocked_ = isBlocked; }
    [[nodiscard]] std::uint64_t passed() const { return passed_; }
    [[nodiscard]] std::uint64_t spoilt() const { return spoilt_; }
    /// Lets go of what was recorded of past requests.
    void forget() { server_.forget(); }

private:
    void handle(Exchange& exchange);
    void spoil(Exchange& exchange, unsigned kind);
    [[nodiscard]] unsigned draw(unsigned below);
    /// The collector's answer; empty when it is not to be had.
    [[nodiscard]] std::string forward(const ReceivedRequest& request) const;

    std::mutex mutex_;
    std::mt19937_64 random_;
    std::atomic<std::uint16_t> port_{0};
    std::atomic<unsigned> faults_{0};
    std::atomic<bool> isBlocked_{false};
    std::atomic<std::uint64_t> passed_{0};
    std::atomic<std::uint64_t> spoilt_{0};
    FaultServer server_;  // last: its threads use all of the above
};

}
