package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

type object = map[string]any

func TestNoRetryAfterMakesItHurry(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "1.5": 0, "7": 7 * time.Second, "9999999999999": 24 * time.Hour, "99999999999999999999": 0} {
		if got := retryAfter(header); got != want {
			t.Errorf("%q is %v", header, got)
		}
	}
}

// vectors reads docs/wire-format/vectors.
func vectors(t *testing.T, name string) (list []struct {
	About  string
	Stored object
}) {
	text, err := os.ReadFile("../../docs/wire-format/vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	decode(t, text, &list)
	return list
}

func decode(t *testing.T, text []byte, value any) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(value); err != nil {
		t.Fatal(err, string(text))
	}
}

func spanContext(t *testing.T, traceID, spanID string, flags int64) trace.SpanContext {
	if spanID == "" {
		return trace.SpanContext{}
	}
	id, err := trace.TraceIDFromHex(strings.ReplaceAll(traceID, "-", ""))
	if err != nil {
		t.Fatal(err)
	}
	span, err := trace.SpanIDFromHex(spanID)
	if err != nil {
		t.Fatal(err)
	}
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: span,
		TraceFlags: trace.TraceFlags(flags & 0xff), Remote: flags&0x200 != 0})
}

func text(o object, name string) string { value, _ := o[name].(string); return value }

func integer(o object, name string) int64 {
	number, _ := o[name].(json.Number)
	value, _ := number.Int64()
	return value
}

func nanos(o object, name string) time.Time {
	value, _ := strconv.ParseInt(text(o, name), 10, 64)
	return time.Unix(0, value)
}

func objects(o object, name string) (list []object) {
	items, _ := o[name].([]any)
	for _, item := range items {
		list = append(list, item.(object))
	}
	return list
}

func isInteger(number json.Number) bool { return !strings.ContainsAny(string(number), ".eE") }

func keyValue(key string, value any) attribute.KeyValue {
	switch value := value.(type) {
	case string:
		return attribute.String(key, value)
	case bool:
		return attribute.Bool(key, value)
	case json.Number:
		if isInteger(value) {
			return attribute.Int64(key, integer(object{"": value}, ""))
		}
		double, _ := value.Float64()
		return attribute.Float64(key, double)
	}
	return arrayValue(key, value.([]any))
}

func arrayValue(key string, values []any) attribute.KeyValue {
	texts, bools, integers, doubles := []string{}, []bool{}, []int64{}, []float64{}
	for _, value := range values {
		switch item := keyValue(key, value).Value; item.Type() {
		case attribute.STRING:
			texts = append(texts, item.AsString())
		case attribute.BOOL:
			bools = append(bools, item.AsBool())
		case attribute.INT64:
			integers = append(integers, item.AsInt64())
		default:
			doubles = append(doubles, item.AsFloat64())
		}
	}
	switch {
	case len(bools) > 0:
		return attribute.BoolSlice(key, bools)
	case len(integers) > 0:
		return attribute.Int64Slice(key, integers)
	case len(doubles) > 0:
		return attribute.Float64Slice(key, doubles)
	}
	return attribute.StringSlice(key, texts)
}

func keyValues(o object) (list []attribute.KeyValue) {
	members, _ := o["attributes"].(object)
	for key, value := range members {
		list = append(list, keyValue(key, value))
	}
	return list
}

var kinds = map[string]trace.SpanKind{"internal": trace.SpanKindInternal, "server": trace.SpanKindServer,
	"client": trace.SpanKindClient, "producer": trace.SpanKindProducer, "consumer": trace.SpanKindConsumer}

func span(t *testing.T, stored object) sdk.ReadOnlySpan {
	stub := tracetest.SpanStub{
		Name:              text(stored, "name"),
		SpanContext:       spanContext(t, text(stored, "traceId"), text(stored, "spanId"), 1),
		Parent:            spanContext(t, text(stored, "traceId"), text(stored, "parentSpanId"), 1),
		SpanKind:          kinds[text(stored, "kind")],
		StartTime:         nanos(stored, "startTimeUnixNano"),
		EndTime:           nanos(stored, "endTimeUnixNano"),
		Attributes:        keyValues(stored),
		DroppedAttributes: int(integer(stored, "droppedAttributes")),
		DroppedEvents:     int(integer(stored, "droppedEvents")),
		DroppedLinks:      int(integer(stored, "droppedLinks")),
		Resource: resource.NewSchemaless(attribute.String("service.name", text(stored, "serviceName")),
			attribute.String("service.version", text(stored, "clientVersion"))),
	}
	if text(stored, "status") == "error" {
		stub.Status = sdk.Status{Code: codes.Error, Description: text(stored, "statusMessage")}
	}
	for _, event := range objects(stored, "events") {
		stub.Events = append(stub.Events, sdk.Event{Name: text(event, "name"), Time: nanos(event, "timeUnixNano"),
			Attributes: keyValues(event)})
	}
	for _, link := range objects(stored, "links") {
		context := spanContext(t, text(link, "traceId"), text(link, "spanId"), integer(link, "flags"))
		stub.Links = append(stub.Links, sdk.Link{SpanContext: context, Attributes: keyValues(link)})
	}
	return stub.Snapshot()
}

// plain has numbers by their value, and no members that are empty.
func plain(value any) any {
	switch value := value.(type) {
	case json.Number:
		if isInteger(value) {
			return integer(object{"": value}, "")
		}
		double, _ := value.Float64()
		return double
	case []any:
		list := []any{}
		for _, item := range value {
			list = append(list, plain(item))
		}
		return list
	case object:
		members := object{}
		for key, member := range value {
			if member = plain(member); !isDefault(key, member) {
				members[key] = member
			}
		}
		return members
	}
	return value
}

func isDefault(key string, member any) bool {
	switch key {
	case "links", "events":
		return len(member.([]any)) == 0
	case "attributes":
		return len(member.(object)) == 0
	case "parentSpanId", "statusMessage", "clientVersion", "serviceName":
		return member == ""
	}
	return strings.HasPrefix(key, "dropped") && member == int64(0)
}

// receive answers with the statuses, one a request, and collects the bodies.
func receive(t *testing.T, headers http.Header, statuses ...int) (*httptest.Server, *[][]byte) {
	bodies := &[][]byte{}
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		*bodies = append(*bodies, body)
		for name := range headers {
			answer.Header().Set(name, headers.Get(name))
		}
		answer.WriteHeader(statuses[min(len(*bodies), len(statuses))-1])
	}))
	t.Cleanup(server.Close)
	return server, bodies
}

func init() { firstBackoff = time.Millisecond }

func export(exporter NativeExporter, spans ...sdk.ReadOnlySpan) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return exporter.ExportSpans(ctx, spans)
}

func TestSpansAreWrittenAsTheVectorsSay(t *testing.T) {
	written := 0
	for _, vector := range vectors(t, "spans.json") {
		if text(vector.Stored, "status") == "cancelled" { // OpenTelemetry has no such status
			continue
		}
		written++
		server, bodies := receive(t, nil, 200)
		exporter := NativeExporter{URL: server.URL, ClientType: text(vector.Stored, "clientType")}
		if err := export(exporter, span(t, vector.Stored)); err != nil {
			t.Fatal(vector.About, err)
		}
		var sent []any
		decode(t, (*bodies)[0], &sent)
		if got, want := plain(sent[0]), plain(vector.Stored); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%v\nis not\n%v", vector.About, got, want)
		}
	}
	if written < 18 {
		t.Errorf("only %d vectors were written", written)
	}
}

func TestNumbersThatJSONLacksAreSentByName(t *testing.T) {
	server, bodies := receive(t, nil, 200)
	var zero float64
	stub := tracetest.SpanStub{Attributes: []attribute.KeyValue{attribute.Float64Slice("numbers",
		[]float64{zero / zero, 1 / zero, -1 / zero, 48000})}}
	if err := export(NativeExporter{URL: server.URL}, stub.Snapshot()); err != nil {
		t.Fatal(err)
	}
	if want := `"numbers":["NaN","Infinity","-Infinity",4.8e+04]`; !strings.Contains(string((*bodies)[0]), want) {
		t.Errorf("%s lacks %s", (*bodies)[0], want)
	}
}

func TestNamesAndVersionsAreCutToWhatAServerTakes(t *testing.T) {
	server, bodies := receive(t, nil, 200)
	stub := tracetest.SpanStub{Name: strings.Repeat("ü", 256), Resource: resource.NewSchemaless(
		attribute.String("service.name", strings.Repeat("s", 256)),
		attribute.String("service.version", "0123456789abcdef0123456789abcdef01234567"))}
	if err := export(NativeExporter{URL: server.URL}, stub.Snapshot()); err != nil {
		t.Fatal(err)
	}
	var sent []object
	decode(t, (*bodies)[0], &sent)
	for member, want := range map[string]string{"name": strings.Repeat("ü", 255), "serviceName": strings.Repeat("s", 255),
		"clientVersion": "0123456789abcdef0123456789abcdef"} {
		if got := text(sent[0], member); got != want {
			t.Errorf("%s is %q", member, got)
		}
	}
}

func TestABatchIsSentAgainUntilItIsTaken(t *testing.T) {
	server, bodies := receive(t, http.Header{"Retry-After": {"0"}}, 503, 429, 200)
	if err := export(NativeExporter{URL: server.URL, Token: "t"}, tracetest.SpanStub{}.Snapshot()); err != nil {
		t.Fatal(err)
	}
	if len(*bodies) != 3 || !bytes.Equal((*bodies)[0], (*bodies)[2]) {
		t.Errorf("there were %d requests", len(*bodies))
	}
}

func TestABatchThatIsRefusedIsDropped(t *testing.T) {
	server, bodies := receive(t, nil, 400)
	if err := export(NativeExporter{URL: server.URL}, tracetest.SpanStub{}.Snapshot()); err == nil {
		t.Error("nothing was reported")
	}
	if len(*bodies) != 1 {
		t.Errorf("there were %d requests", len(*bodies))
	}
}

func TestABatchThatIsTooLargeIsHalved(t *testing.T) {
	server, bodies := receive(t, nil, 413, 200)
	one := tracetest.SpanStub{}.Snapshot()
	if err := export(NativeExporter{URL: server.URL}, one, one, one); err != nil {
		t.Fatal(err)
	}
	if len(*bodies) != 3 || len((*bodies)[1]) >= len((*bodies)[2]) {
		t.Errorf("there were %d requests", len(*bodies))
	}
}

func TestNothingIsTriedAgainOnceTheContextEnds(t *testing.T) {
	server, _ := receive(t, nil, 503)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	exporter := NativeExporter{URL: server.URL}
	if err := exporter.ExportSpans(ctx, []sdk.ReadOnlySpan{tracetest.SpanStub{}.Snapshot()}); err == nil {
		t.Error("nothing was reported")
	}
}
