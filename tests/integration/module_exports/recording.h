#pragma once

namespace test {

/// Uses enough of the SDK to bring its libraries in.
bool recordsAndSends();

}
