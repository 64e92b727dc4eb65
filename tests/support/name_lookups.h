#pragma once

#include <memory>

#include <gtest/gtest.h>

#include "name_lookup.h"
#include "support/name_server.h"
#include "support/name_service/name_service.h"
#include "support/patience.h"

/// Each way to look up names, made to ask a NameServer: types for typed tests.
namespace sidespan::test {

struct AresNames {
    static std::unique_ptr<detail::NameLookup> lookup(const NameServer& server) {
        return detail::makeAresLookup(server.name());
    }
};

struct SystemNames {
    /// First waits for what earlier tests left with the C library: it would take a place, and ask this
    /// server.
    static std::unique_ptr<detail::NameLookup> lookup(const NameServer& server) {
        EXPECT_TRUE(eventually([] { return detail::systemQuestionsUnderWay() == 0; }));
        sidespanAskNameServer(server.port());
        return detail::makeSystemLookup();
    }
};

#ifdef SIDESPAN_TESTS_ARES_ALONE
using NameLookups = testing::Types<AresNames>;
#else
using NameLookups = testing::Types<AresNames, SystemNames>;
#endif

}
