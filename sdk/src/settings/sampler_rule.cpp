#include <chrono>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/finite.h>

#include "fields.h"

namespace sidespan::inline v0::detail {
namespace {

using namespace std::chrono_literals;

void visitTail(Fields& fields, const TailSampler& a, const TailSampler& b) {
    fields.range("sampler.slowerThan", a.slowerThan, b.slowerThan, 0ms, 1h);
    fields.range("sampler.maxBytes", a.maxBytes, b.maxBytes, std::size_t{64} << 10U, std::size_t{1} << 30U,
                 " bytes");
    fields.range("sampler.maxAge", a.maxAge, b.maxAge, 1s, 1h);
}

}

SIDESPAN_COLD void visit(Fields& fields, const Sampler& a, const Sampler& b) {
    if (!fields.field("sampler", a == b)) return;
    if (a.rule() == Sampler::Rule::tail) return visitTail(fields, a.tail(), b.tail());
    const double value = a.value();
    if (a.rule() == Sampler::Rule::probability && !isWithin(value, 0, 1))
        fields.fail(join({"probability(", decimal(value), ")"}), "a share from 0 to 1");
    if (a.rule() == Sampler::Rule::rateLimited && !isWithin(value, 0.001, 1e6))
        fields.fail(join({"rateLimited(", decimal(value), ")"}), "from 0.001 to 1000000 traces a second");
}

}
