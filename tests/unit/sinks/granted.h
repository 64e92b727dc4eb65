#pragma once

#include <sidespan/config.h>

namespace sidespan::test {

inline Config granted() {
    Config config;
    config.service.version = "1.2.0";
    config.consent = Consent::granted;
    return config;
}

}
