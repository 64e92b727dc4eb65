#pragma once

/// The whole recording side: the recorder that sidespan_configure() chose for this target and everything its
/// calls take. Brackets such as [any thread] say which thread may make a call; docs/targets.md lists them.

#include <sidespan/attribute.h>
#include <sidespan/config.h>
#include <sidespan/consent.h>
#include <sidespan/default_recorder.h>
#include <sidespan/span_context.h>
#include <sidespan/stats.h>
#include <sidespan/version.h>
