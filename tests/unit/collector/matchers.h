#pragma once

#include <gmock/gmock.h>

/// GoogleMock's matchers that the collector's tests use most.
namespace sidespan::collector::testing {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

}
