package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// NativeExporter posts spans in Sidespan's native format, as docs/wire-format.md describes it. It is an alternative to
// the OTLP exporter for servers that take that format alone.
type NativeExporter struct {
	URL        string // the endpoint's, with its path: http://host:port/api/v1/telemetry/spans
	Token      string // a bearer token; may be empty
	ClientType string // "server" if it is empty
}

var firstBackoff = time.Second

// What a server takes, in characters; it rejects a span that has more. The hash of a commit is too long for a version.
const longestName, longestVersion = 255, 32

// ExportSpans tries again, until the context ends, what the server may take later.
func (e NativeExporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	body, err := json.Marshal(e.encode(spans))
	if err != nil {
		return err
	}
	for bound := firstBackoff; ; bound *= 2 {
		status, wait, err := e.post(ctx, body)
		switch {
		case status/100 == 2:
			return nil
		case status == 413 && len(spans) > 1:
			half := len(spans) / 2
			return errors.Join(e.ExportSpans(ctx, spans[:half]), e.ExportSpans(ctx, spans[half:]))
		case status != 0 && !isTemporary(status):
			return err
		}
		if wait == 0 {
			wait = time.Duration(rand.Int63n(int64(bound)))
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(wait):
		}
	}
}

// Shutdown does nothing: ExportSpans returns when its spans are delivered or lost.
func (e NativeExporter) Shutdown(context.Context) error { return nil }

// post gives the status, 0 where the endpoint itself did not answer, and what Retry-After asks for.
func (e NativeExporter) post(ctx context.Context, body []byte) (status int, wait time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return 400, 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	if e.Token != "" {
		request.Header.Set("Authorization", "Bearer "+e.Token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, 0, err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	if err != nil || strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		return 0, 0, errors.Join(err, errors.New("another server answered in the endpoint's place"))
	}
	return answer.StatusCode, retryAfter(answer.Header.Get("Retry-After")),
		fmt.Errorf("%s answered %d: %.200s", e.URL, answer.StatusCode, said)
}

// retryAfter gives 0 for what is no number of seconds, and a day at most.
func retryAfter(header string) time.Duration {
	seconds, err := strconv.ParseUint(header, 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(min(seconds, 86400)) * time.Second
}

func isTemporary(status int) bool {
	switch status {
	case 407, 408, 421, 425, 429:
		return true
	case 501, 505:
		return false
	}
	return status/100 == 5
}

func (e NativeExporter) encode(spans []sdk.ReadOnlySpan) []map[string]any {
	encoded := make([]map[string]any, 0, len(spans))
	for _, span := range spans {
		encoded = append(encoded, e.encodeSpan(span))
	}
	return encoded
}

func (e NativeExporter) encodeSpan(span sdk.ReadOnlySpan) map[string]any {
	resource := span.Resource().Set()
	name, _ := resource.Value("service.name")
	version, _ := resource.Value("service.version")
	start, end := span.StartTime(), span.EndTime()
	encoded := map[string]any{
		"traceId":           uuid(span.SpanContext().TraceID()),
		"spanId":            span.SpanContext().SpanID().String(),
		"name":              cut(span.Name(), longestName),
		"kind":              span.SpanKind().String(),
		"startTimeMs":       start.UnixMilli(),
		"endTimeMs":         end.UnixMilli(),
		"startTimeUnixNano": decimal(start),
		"endTimeUnixNano":   decimal(end),
		"durationMs":        end.Sub(start).Milliseconds(),
		"status":            "ok",
		"statusMessage":     span.Status().Description,
		"attributes":        attributes(span.Attributes()),
		"events":            events(span.Events()),
		"links":             links(span.Links()),
		"droppedAttributes": span.DroppedAttributes(),
		"droppedEvents":     span.DroppedEvents(),
		"droppedLinks":      span.DroppedLinks(),
		"clientType":        e.ClientType,
		"clientVersion":     cut(version.AsString(), longestVersion),
		"serviceName":       cut(name.AsString(), longestName),
	}
	if span.Parent().SpanID().IsValid() {
		encoded["parentSpanId"] = span.Parent().SpanID().String()
	}
	if span.Status().Code == codes.Error {
		encoded["status"] = "error"
	}
	if e.ClientType == "" {
		encoded["clientType"] = "server"
	}
	return encoded
}

func events(events []sdk.Event) []map[string]any {
	encoded := make([]map[string]any, 0, len(events))
	for _, event := range events {
		encoded = append(encoded, map[string]any{"name": event.Name, "timestamp": event.Time.UnixMilli(),
			"timeUnixNano": decimal(event.Time), "attributes": attributes(event.Attributes)})
	}
	return encoded
}

func links(links []sdk.Link) []map[string]any {
	encoded := make([]map[string]any, 0, len(links))
	for _, link := range links {
		flags := int(link.SpanContext.TraceFlags()) | 0x100 // whether it is remote is known
		if link.SpanContext.IsRemote() {
			flags |= 0x200
		}
		encoded = append(encoded, map[string]any{"traceId": uuid(link.SpanContext.TraceID()),
			"spanId": link.SpanContext.SpanID().String(), "flags": flags, "attributes": attributes(link.Attributes)})
	}
	return encoded
}

func attributes(list []attribute.KeyValue) map[string]any {
	encoded := make(map[string]any, len(list))
	for _, item := range list {
		switch value := item.Value.AsInterface().(type) {
		case float64:
			encoded[string(item.Key)] = double(value)
		case []float64:
			doubles := make([]double, 0, len(value))
			for _, number := range value {
				doubles = append(doubles, double(number))
			}
			encoded[string(item.Key)] = doubles
		default:
			encoded[string(item.Key)] = value
		}
	}
	return encoded
}

// double is written so that it is read as one: never as an integer, and by name where JSON has no number for it.
type double float64

func (d double) MarshalJSON() ([]byte, error) {
	switch value := float64(d); {
	case math.IsNaN(value):
		return []byte(`"NaN"`), nil
	case math.IsInf(value, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(value, -1):
		return []byte(`"-Infinity"`), nil
	default:
		return strconv.AppendFloat(nil, value, 'e', -1, 64), nil
	}
}

func cut(text string, most int) string {
	if characters := []rune(text); len(characters) > most {
		return string(characters[:most])
	}
	return text
}

func decimal(moment time.Time) string { return strconv.FormatInt(moment.UnixNano(), 10) }

func uuid(id trace.TraceID) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
