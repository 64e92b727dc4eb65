#pragma once

#include <array>
#include <utility>

#include <sidespan/sampler.h>

namespace sidespan::bench {

/// Samplers beside the default one, by name. Those that ask for each root say yes, so that what the question
/// costs comes on top of a recorded span; "off" leaves everything out.
inline constexpr std::array<std::pair<const char*, Sampler>, 5> benchSamplers{{
    {"on", Sampler::alwaysOn()},
    {"off", Sampler::alwaysOff()},
    {"probability", Sampler::probability(1)},
    {"rate", Sampler::rateLimited(1e6)},
    {"tail", TailSampler{}},
}};

}
