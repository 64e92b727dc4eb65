//go:debug httpmuxgo121=0

// Command go_server is Loop Share's backend in Go: what the plugin, the page and the command line ask of it lies in their
// traces.
//
//	go_server -telemetry http://127.0.0.1:8080 [-format native] [-page DIR]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

var (
	listen    = flag.String("listen", "127.0.0.1:8090", "the address to listen on")
	telemetry = flag.String("telemetry", "", "where spans go; nothing is recorded without it")
	format    = flag.String("format", "otlp", "of the spans: otlp, or native")
	page      = flag.String("page", "", "a folder whose files are served at /")
)

func main() {
	flag.Parse()
	if err := serve(); err != nil {
		log.Fatal(err)
	}
}

func serve() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	deliver, err := startTelemetry(ctx)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: routes(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	fmt.Printf("go_server listens on http://%s\n", listener.Addr())

	<-ctx.Done()
	ending, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(server.Shutdown(ending), deliver(ending))
}

func routes() http.Handler {
	mux := http.NewServeMux()
	loops := &Loops{}
	for route, handler := range map[string]http.HandlerFunc{
		"POST /api/v1/audio/upload":    loops.upload,
		"GET /api/v1/audio/loops":      loops.all,
		"GET /api/v1/audio/loops/{id}": loops.one,
	} {
		mux.Handle(route, Traced(route, handler))
	}
	if *page != "" {
		mux.Handle("GET /", http.FileServer(http.Dir(*page)))
	}
	return mux
}

// startTelemetry gives what delivers the spans that are left.
func startTelemetry(ctx context.Context) (func(context.Context) error, error) {
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(
		propagation.TraceContext{}, propagation.Baggage{}, XHeaders{}))
	if *telemetry == "" {
		return func(context.Context) error { return nil }, nil
	}
	exporter, err := newExporter(ctx)
	if err != nil {
		return nil, err
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter, sdk.WithBatchTimeout(time.Second)),
		sdk.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "go_server"), attribute.String("service.version", "0.1.0"))))
	otel.SetTracerProvider(provider)
	return provider.Shutdown, nil
}

func newExporter(ctx context.Context) (sdk.SpanExporter, error) {
	switch *format {
	case "otlp":
		return otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(*telemetry+"/v1/traces"))
	case "native":
		return NativeExporter{URL: *telemetry + "/api/v1/telemetry/spans"}, nil
	}
	return nil, fmt.Errorf("-format is %q; it must be otlp or native", *format)
}
