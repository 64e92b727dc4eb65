package main

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

const traceID = "9f3c1d62-6a53-4b6e-9b57-3f7d0f1c2a44"

// ask sends a request to the routes, and gives the answer and the spans by name.
func ask(t *testing.T, method, path, body string, headers map[string]string) (*http.Response, map[string]tracetest.SpanStub) {
	exporter := tracetest.NewInMemoryExporter()
	otel.SetTracerProvider(sdk.NewTracerProvider(sdk.WithSyncer(exporter)))
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, XHeaders{}))
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	answer := httptest.NewRecorder()
	routes().ServeHTTP(answer, request)
	spans := map[string]tracetest.SpanStub{}
	for _, span := range exporter.GetSpans() {
		spans[span.Name] = span
	}
	return answer.Result(), spans
}

func expectParent(t *testing.T, span tracetest.SpanStub, parent string) {
	t.Helper()
	if got := uuid(span.SpanContext.TraceID()); got != traceID {
		t.Errorf("the trace is %s", got)
	}
	if got := span.Parent.SpanID().String(); got != parent {
		t.Errorf("the parent is %s", got)
	}
}

func TestARequestContinuesTheTraceOfTraceparent(t *testing.T) {
	answer, spans := ask(t, "POST", "/api/v1/audio/upload", "a loop", map[string]string{
		"traceparent": "00-9f3c1d626a534b6e9b573f7d0f1c2a44-a1b2c3d4e5f60718-01",
		"X-Trace-ID":  "00000000-0000-4000-8000-000000000001", "X-Span-ID": "0000000000000001"})
	if answer.StatusCode != 200 {
		t.Fatal(answer.Status)
	}
	server := spans["POST /api/v1/audio/upload"]
	expectParent(t, server, "a1b2c3d4e5f60718")
	expectParent(t, spans["storage.write"], server.SpanContext.SpanID().String())
	if got := answer.Header.Get("X-Trace-ID"); got != traceID {
		t.Errorf("X-Trace-ID is %q", got)
	}
	if got := answer.Header.Get("X-Span-ID"); got != server.SpanContext.SpanID().String() {
		t.Errorf("X-Span-ID is %q", got)
	}
	if ms, err := strconv.ParseFloat(answer.Header.Get("X-Server-Time"), 64); err != nil || ms < 0 {
		t.Errorf("X-Server-Time is %q", answer.Header.Get("X-Server-Time"))
	}
}

func TestARequestContinuesTheTraceOfTheXHeaders(t *testing.T) {
	_, spans := ask(t, "GET", "/api/v1/audio/loops", "", map[string]string{
		"X-Trace-ID": strings.ToUpper(traceID), "X-Span-ID": "A1B2C3D4E5F60718"})
	expectParent(t, spans["GET /api/v1/audio/loops"], "a1b2c3d4e5f60718")
}

func TestWrongHeadersBeginANewTrace(t *testing.T) {
	for _, id := range []string{"", "abc", "00000000-0000-0000-0000-000000000000"} {
		answer, spans := ask(t, "GET", "/api/v1/audio/loops/unknown", "", map[string]string{
			"X-Trace-ID": id, "X-Span-ID": "a1b2c3d4e5f60718"})
		span := spans["GET /api/v1/audio/loops/{id}"]
		if span.Parent.IsValid() || !span.SpanContext.IsValid() {
			t.Errorf("%q: the parent is %v", id, span.Parent)
		}
		if answer.StatusCode != 404 {
			t.Error(answer.Status)
		}
	}
}

func TestOnlyAudioIsTakenAndServed(t *testing.T) {
	for contentType, want := range map[string]int{"": 200, "audio/flac": 200, "Audio/X; a=b": 200, "application/octet-stream": 200,
		"text/html": 415, "image/svg+xml": 415, "audio": 415, "text/html; audio/": 415} {
		answer, _ := ask(t, "POST", "/api/v1/audio/upload", "<script>", map[string]string{"Content-Type": contentType})
		if answer.StatusCode != want {
			t.Errorf("%q: %s", contentType, answer.Status)
		}
	}
	loops := &Loops{}
	loops.add(loop{ID: "1", ContentType: "application/octet-stream", audio: []byte("<script>")})
	request := httptest.NewRequest("GET", "/api/v1/audio/loops/1", nil)
	request.SetPathValue("id", "1")
	answer := httptest.NewRecorder()
	loops.one(answer, request)
	if got := answer.Header().Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options is %q", got)
	}
}
