#pragma once

#include <functional>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

/// The rules of the W3C Trace Context test suite (github.com/w3c/trace-context, test/test.py) at level 2, by
/// the suite's names, for any program that answers a request by sending one on.
namespace sidespan::test {

using Incoming = std::vector<std::pair<std::string, std::string>>;
using Sent = std::map<std::string, std::string>;
/// Gets a request's headers; gives those of the request that it sends on.
using Forward = std::function<Sent(const Incoming&)>;

class TraceContextRules {
public:
    explicit TraceContextRules(Forward forward) : forward_(std::move(forward)) {}

    inline static const std::string traceId = "12345678901234567890123456789012";
    inline static const std::string parentId = "1234567890123456";
    inline static const std::string parent = "00-" + traceId + "-" + parentId + "-01";

    // The trace goes on, under a span id of the program's own.
    Sent continues(const Incoming& incoming) const {
        const Sent sent = forward_(incoming);
        const std::string header = traceParentOf(sent);
        EXPECT_EQ(header.substr(3, 32), traceId);
        EXPECT_NE(header.substr(36, 16), parentId);
        return sent;
    }
    // A new trace begins, and the data of the other one is gone.
    Sent restarts(const Incoming& incoming) const {
        const Sent sent = forward_(incoming);
        EXPECT_NE(traceParentOf(sent).substr(3, 32), traceId);
        EXPECT_FALSE(sent.contains("tracestate"));
        return sent;
    }
    void restartsWith(const std::string& traceParent) const {
        SCOPED_TRACE(traceParent);
        restarts({{"traceparent", traceParent}, {"tracestate", "foo=1"}});
    }
    // A valid parent with these states goes on with exactly that one; none when it is empty.
    void carries(const std::vector<std::string>& states, const std::string& expected) const {
        Incoming incoming{{"traceparent", parent}};
        for (const auto& state : states) incoming.emplace_back("tracestate", state);
        SCOPED_TRACE(states.empty() ? "" : states[0]);
        EXPECT_EQ(stateOf(continues(incoming)), expected);
    }
    void carries(const std::string& state) const { carries({state}, state); }

    static std::string stateOf(const Sent& sent) {
        const auto found = sent.find("tracestate");
        return found == sent.end() ? "" : found->second;
    }
    static std::string traceParentOf(const Sent& sent) {
        const auto found = sent.find("traceparent");
        const std::string header = found == sent.end() ? std::string(55, '?') : found->second;
        EXPECT_EQ(header.size(), 55U);
        EXPECT_EQ(header.substr(0, 3), "00-");
        EXPECT_EQ(header.find_first_not_of("0123456789abcdef-"), header.npos);
        return header;
    }

private:
    Forward forward_;
};

struct TraceContextRule {
    const char* name;
    void (*check)(const TraceContextRules&);

    friend std::ostream& operator<<(std::ostream& out, const TraceContextRule& rule) {
        return out << rule.name;
    }
};

inline std::vector<TraceContextRule> traceContextRules() {
    using Rules = const TraceContextRules&;
    static const std::string id = TraceContextRules::traceId;
    static const std::string span = TraceContextRules::parentId;
    static const std::string parent = TraceContextRules::parent;
    static const auto manyMembers = [](int count) {
        std::string state;
        for (int i = 0; i < count; ++i) {
            const std::string number = std::to_string(i);
            state += (i == 0 ? "bar" : ",bar") + std::string(2 - number.size(), '0') + number + "=" + number;
        }
        return state;
    };
    return {
        {"both_traceparent_and_tracestate_missing", [](Rules r) { r.restarts({}); }},
        {"traceparent_included_tracestate_missing",
         [](Rules r) {
             EXPECT_EQ(r.stateOf(r.continues({{"traceparent", parent}})), "");
         }},
        {"traceparent_duplicated",
         [](Rules r) {
             r.restarts({{"traceparent", parent}, {"traceparent", parent}, {"tracestate", "foo=1"}});
         }},
        {"traceparent_header_name",
         [](Rules r) {
             r.restarts({{"trace-parent", parent}});
             r.restarts({{"trace.parent", parent}});
         }},
        {"traceparent_header_name_valid_casing",
         [](Rules r) {
             for (const char* name : {"TraceParent", "TrAcEpArEnT", "TRACEPARENT"})
                 r.continues({{name, parent}});
         }},
        {"traceparent_version_0x00",
         [](Rules r) {
             r.restartsWith(parent + ".");
             r.restartsWith(parent + "-what-the-future-will-be-like");
         }},
        {"traceparent_version_0xcc",
         [](Rules r) {
             const std::string future = "cc-" + id + "-" + span + "-01";
             r.continues({{"traceparent", future}});
             r.continues({{"traceparent", future + "-what-the-future-will-be-like"}});
             r.restartsWith(future + ".what-the-future-will-not-be-like");
         }},
        {"traceparent_version_0xff", [](Rules r) { r.restartsWith("ff-" + id + "-" + span + "-01"); }},
        {"traceparent_version_illegal_characters",
         [](Rules r) {
             for (const char* version : {".0", "0.", "0x", "A0"}) r.restartsWith(version + parent.substr(2));
         }},
        {"traceparent_version_too_long",
         [](Rules r) {
             r.restartsWith("000" + parent.substr(2));
             r.restartsWith("0000" + parent.substr(2));
         }},
        {"traceparent_version_too_short", [](Rules r) { r.restartsWith("0" + parent.substr(2)); }},
        {"traceparent_trace_id_all_zero",
         [](Rules r) { r.restartsWith("00-" + std::string(32, '0') + "-" + span + "-01"); }},
        {"traceparent_trace_id_illegal_characters",
         [](Rules r) {
             r.restartsWith("00-." + id.substr(1) + "-" + span + "-01");
             r.restartsWith("00-" + id.substr(0, 31) + ".-" + span + "-01");
             r.restartsWith("00-A" + id.substr(1) + "-" + span + "-01");
         }},
        {"traceparent_trace_id_too_long", [](Rules r) { r.restartsWith("00-" + id + "3-" + span + "-01"); }},
        {"traceparent_trace_id_too_short",
         [](Rules r) { r.restartsWith("00-" + id.substr(1) + "-" + span + "-01"); }},
        {"traceparent_parent_id_all_zero",
         [](Rules r) { r.restartsWith("00-" + id + "-0000000000000000-01"); }},
        {"traceparent_parent_id_illegal_characters",
         [](Rules r) {
             r.restartsWith("00-" + id + "-." + span.substr(1) + "-01");
             r.restartsWith("00-" + id + "-" + span.substr(0, 15) + ".-01");
             r.restartsWith("00-" + id + "-B" + span.substr(1) + "-01");
         }},
        {"traceparent_parent_id_too_long", [](Rules r) { r.restartsWith("00-" + id + "-" + span + "7-01"); }},
        {"traceparent_parent_id_too_short",
         [](Rules r) { r.restartsWith("00-" + id + "-" + span.substr(1) + "-01"); }},
        {"traceparent_trace_flags_illegal_characters",
         [](Rules r) {
             for (const char* flags : {".0", "0.", "A1"}) r.restartsWith(parent.substr(0, 53) + flags);
         }},
        {"traceparent_trace_flags_too_long", [](Rules r) { r.restartsWith(parent.substr(0, 53) + "001"); }},
        {"traceparent_trace_flags_too_short", [](Rules r) { r.restartsWith(parent.substr(0, 53) + "1"); }},
        {"traceparent_ows_handling",
         [](Rules r) {
             for (const char* space : {" ", "\t", " \t"}) {
                 r.continues({{"traceparent", space + parent}});
                 r.continues({{"traceparent", parent + space}});
                 r.continues({{"traceparent", space + parent + space}});
             }
         }},
        {"traceparent_random_flag",
         [](Rules r) {
             const auto flags = [&](const char* in) {
                 const Sent sent = r.continues({{"traceparent", parent.substr(0, 53) + in}});
                 return std::stoi(r.traceParentOf(sent).substr(53), nullptr, 16) & 2;
             };
             EXPECT_EQ(flags("03"), 2);
             EXPECT_EQ(flags("02"), 2);
             EXPECT_EQ(flags("01"), 0);
             EXPECT_EQ(flags("00"), 0);
         }},
        {"tracestate_included_traceparent_missing",
         [](Rules r) {
             r.restarts({{"tracestate", "foo=1"}});
         }},
        {"tracestate_included_traceparent_included", [](Rules r) { r.carries("foo=1,bar=2"); }},
        {"tracestate_header_name",
         [](Rules r) {
             for (const char* name : {"trace-state", "trace.state"})
                 EXPECT_EQ(r.stateOf(r.continues({{"traceparent", parent}, {name, "foo=1"}})), "");
         }},
        {"tracestate_header_name_valid_casing",
         [](Rules r) {
             for (const char* name : {"TraceState", "TrAcEsTaTe", "TRACESTATE"})
                 EXPECT_EQ(r.stateOf(r.continues({{"traceparent", parent}, {name, "foo=1"}})), "foo=1");
         }},
        {"tracestate_empty_header",
         [](Rules r) {
             r.carries({""}, "");
             r.carries({"foo=1", ""}, "foo=1");
             r.carries({"", "foo=1"}, "foo=1");
         }},
        {"tracestate_multiple_headers_different_keys",
         [](Rules r) {
             r.carries({"foo=1,bar=2", "rojo=1,congo=2", "baz=3"}, "foo=1,bar=2,rojo=1,congo=2,baz=3");
         }},
        {"tracestate_duplicated_keys",
         [](Rules r) {
             r.carries({"foo=1,foo=1"}, "foo=1");
             r.carries({"foo=1,foo=2"}, "foo=1");
             r.carries({"foo=1", "foo=1"}, "foo=1");
             r.carries({"foo=1", "foo=2"}, "foo=1");
             r.carries({"foo=1,bar=2,foo=3"}, "foo=1,bar=2");
         }},
        {"tracestate_all_allowed_characters",
         [](Rules r) {
             const std::string letters = "abcdefghijklmnopqrstuvwxyz";
             r.carries(letters + "0123456789_-*/=x");
             r.carries(letters + "0123456789_-*/@a-z0-9_-*/=x");
             std::string value;
             for (char c = ' '; c < '~' + 1; ++c) value += c == ',' || c == '=' ? "" : std::string(1, c);
             r.carries("foo=" + value);
         }},
        {"tracestate_ows_handling",
         [](Rules r) {
             r.carries({"foo=1 \t , \t bar=2, \t baz=3"}, "foo=1,bar=2,baz=3");
             r.carries({"foo=1\t \t,\t \tbar=2,\t \tbaz=3"}, "foo=1,bar=2,baz=3");
             r.carries({" foo=1"}, "foo=1");
             r.carries({"\tfoo=1\t"}, "foo=1");
         }},
        {"tracestate_key_illegal_characters",
         [](Rules r) {
             for (const char* state : {"foo =1", "FOO=1", "foo.bar=1"}) r.carries({state}, "");
         }},
        {"tracestate_key_illegal_vendor_format",
         [](Rules r) {
             r.carries({"@foo=1,bar=2"}, "");
             // Level 2 has no format of vendors: "@" is a character like others, but for the first.
             for (const char* state : {"foo@=1,bar=2", "foo@@bar=1,bar=2", "foo@bar@baz=1,bar=2"})
                 r.carries(state);
         }},
        {"tracestate_member_count_limit",
         [](Rules r) {
             r.carries(manyMembers(32));
             r.carries({manyMembers(33)}, "");
         }},
        {"tracestate_key_length_limit",
         [](Rules r) {
             r.carries(std::string(256, 'z') + "=1");
             r.carries({std::string(257, 'z') + "=1"}, "");
             r.carries(std::string(241, 't') + "@" + std::string(14, 'v') + "=1");
             r.carries(std::string(242, 't') + "@v=1");
             r.carries("t@" + std::string(15, 'v') + "=1");
         }},
        {"tracestate_value_illegal_characters",
         [](Rules r) {
             for (const char* state : {"foo=bar=baz", "foo=,bar=3"}) r.carries({state}, "");
         }},
        {"multiple_requests_with_valid_traceparent",
         [](Rules r) {
             std::set<std::string> spans;
             for (int i = 0; i < 3; ++i)
                 spans.insert(r.traceParentOf(r.continues({{"traceparent", parent}})).substr(36, 16));
             EXPECT_EQ(spans.size(), 3U);
         }},
        {"multiple_requests_without_traceparent",
         [](Rules r) {
             std::set<std::string> traces;
             for (int i = 0; i < 3; ++i) traces.insert(r.traceParentOf(r.restarts({})).substr(3, 32));
             EXPECT_EQ(traces.size(), 3U);
         }},
        {"multiple_requests_with_illegal_traceparent",
         [](Rules r) {
             std::set<std::string> traces;
             for (int i = 0; i < 3; ++i)
                 traces.insert(r.traceParentOf(r.restarts({{"traceparent", "00-nonsense"}})).substr(3, 32));
             EXPECT_EQ(traces.size(), 3U);
         }},
    };
}

inline std::string ruleName(const ::testing::TestParamInfo<TraceContextRule>& info) {
    return info.param.name;
}

}
