#pragma once

#include <sidespan_database/sqlite.h>

#include "store/span_row.h"

namespace sidespan::collector::sqlite {

/// As much of a span as splitOf() looks at, from eight columns of a row that begin with `column`: span_id,
/// parent_span_id, name, kind, origin, start_unix_nano, end_unix_nano, client_type.
[[nodiscard]] SpanRow readOutline(const database::Statement& row, int column);

}
