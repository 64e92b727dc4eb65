#include "record_bench.h"

namespace sidespan::bench {

[[maybe_unused]] static const bool isRegistered = registerRecording<NullSink>();

}
