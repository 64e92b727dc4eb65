// A backend in Go: otelhttp continues the caller's trace, otlptracehttp exports the spans.
//
//	server <url of /v1/traces>
//
// Prints its own address, answers until its input ends, then delivers what it has.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(os.Args[1]),
		otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	if err != nil {
		log.Fatal(err)
	}
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter),
		trace.WithResource(resource.NewSchemaless(attribute.String("service.name", "backend-go"))))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.TraceContext{})

	store := http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		_, span := otel.Tracer("peers").Start(request.Context(), "INSERT loop")
		span.SetAttributes(attribute.StringSlice("tables", []string{"loops", "users"}))
		span.End()
		answer.WriteHeader(http.StatusCreated)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(listener, otelhttp.NewHandler(store, "POST /loops"))
	fmt.Printf("http://%s/loops\n", listener.Addr())

	io.Copy(io.Discard, os.Stdin)
	if err := provider.Shutdown(ctx); err != nil {
		log.Fatal(err)
	}
}
