#pragma once

/// What the test calls in a plugin that it loads and unloads: records some spans, lets their delivery begin,
/// and ends while it is under way. Returns how many spans were recorded.
using RunPlugin = int(const char* endpoint, const char* outboxDirectory);
