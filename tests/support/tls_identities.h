#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "fault_server.h"

namespace sidespan::test {

/// A certificate authority made for one test.
class TestAuthority {
public:
    TestAuthority();
    ~TestAuthority();

    /// In PEM, for Config::http.caFile.
    [[nodiscard]] const std::string& certificate() const;

    /// For a server of that name or IPv4 address, valid from yesterday until `validFor` from now.
    [[nodiscard]] TlsIdentity issue(const std::string& host,
                                    std::chrono::hours validFor = std::chrono::hours{24}) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}
