#include <sidespan/detail/finite.h>

#include "fields.h"

namespace sidespan::inline v0::detail {

void visit(Fields& fields, const Sampler& a, const Sampler& b) {
    if (!fields.field("sampler", a == b)) return;
    const double value = a.value();
    if (a.rule() == Sampler::Rule::probability && !isWithin(value, 0, 1))
        fields.fail(join({"probability(", decimal(value), ")"}), "a share from 0 to 1");
    if (a.rule() == Sampler::Rule::rateLimited && !isWithin(value, 0.001, 1e6))
        fields.fail(join({"rateLimited(", decimal(value), ")"}), "from 0.001 to 1000000 traces a second");
}

}
