#include "store/sqlite/span_outline.h"

namespace sidespan::collector::sqlite {

SpanRow readOutline(const database::Statement& row, int column) {
    SpanRow span;
    for (auto* text : {&span.spanId, &span.parentSpanId, &span.name, &span.kind}) *text = row.text(column++);
    span.origin = row.text(column++) == "server" ? SpanOrigin::server : SpanOrigin::client;
    for (auto* nanos : {&span.startUnixNano, &span.endUnixNano}) *nanos = row.integer(column++);
    span.clientType = row.text(column);
    return span;
}

}
