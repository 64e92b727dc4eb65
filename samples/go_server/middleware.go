package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Traced records a span for each request to the route, in the caller's trace, and answers with the headers of Sidespan's
// own servers: which span answered, and how many milliseconds it took.
func Traced(route string, handler http.HandlerFunc) http.Handler {
	return otelhttp.NewHandler(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		if span := trace.SpanContextFromContext(request.Context()); span.IsValid() {
			answer.Header().Set("X-Trace-ID", uuid(span.TraceID()))
			answer.Header().Set("X-Span-ID", span.SpanID().String())
		}
		handler(&timedAnswer{ResponseWriter: answer, start: time.Now()}, request)
	}), route)
}

type timedAnswer struct {
	http.ResponseWriter
	start  time.Time
	isSent bool
}

func (a *timedAnswer) WriteHeader(status int) {
	if !a.isSent {
		elapsed := float64(time.Since(a.start).Nanoseconds()) / 1e6
		a.Header().Set("X-Server-Time", fmt.Sprintf("%.3f", elapsed))
		a.isSent = true
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *timedAnswer) Write(body []byte) (int, error) {
	if !a.isSent {
		a.WriteHeader(http.StatusOK)
	}
	return a.ResponseWriter.Write(body)
}

// XHeaders is for clients that send X-Trace-ID and X-Span-ID alone. It stands behind propagation.TraceContext, whose
// traceparent counts where there is one.
type XHeaders struct{}

func (XHeaders) Fields() []string { return []string{"X-Trace-ID", "X-Span-ID"} }

func (XHeaders) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() && span.IsSampled() {
		carrier.Set("X-Trace-ID", uuid(span.TraceID()))
		carrier.Set("X-Span-ID", span.SpanID().String())
	}
}

func (XHeaders) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	if trace.SpanContextFromContext(ctx).IsValid() {
		return ctx
	}
	traceID, err := trace.TraceIDFromHex(hex(carrier.Get("X-Trace-ID")))
	if err != nil {
		return ctx
	}
	spanID, err := trace.SpanIDFromHex(hex(carrier.Get("X-Span-ID")))
	if err != nil {
		return ctx
	}
	return trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: traceID, SpanID: spanID, TraceFlags: trace.FlagsSampled, Remote: true}))
}

func hex(id string) string { return strings.ToLower(strings.ReplaceAll(id, "-", "")) }
