#include "recording.h"

extern "C" __attribute__((visibility("default"))) bool sidespanTestEntry() {
    return test::recordsAndSends();
}
