#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER sidespan_bench

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "lttng_provider.h"

// LTTng reads this file more than once.
#if !defined(SIDESPAN_BENCH_LTTNG_PROVIDER_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define SIDESPAN_BENCH_LTTNG_PROVIDER_H

#include <stdint.h>

#include <lttng/tracepoint.h>

LTTNG_UST_TRACEPOINT_EVENT(sidespan_bench, span_begin,
                           LTTNG_UST_TP_ARGS(const char*, name, uint64_t, span_id),
                           LTTNG_UST_TP_FIELDS(lttng_ust_field_string(name, name)
                                                   lttng_ust_field_integer(uint64_t, span_id, span_id)))

LTTNG_UST_TRACEPOINT_EVENT(sidespan_bench, span_end,
                           LTTNG_UST_TP_ARGS(uint64_t, span_id, const char*, file_name, const char*, codec),
                           LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(uint64_t, span_id, span_id)
                                                   lttng_ust_field_string(file_name, file_name)
                                                       lttng_ust_field_string(codec, codec)))

#endif

#include <lttng/tracepoint-event.h>
