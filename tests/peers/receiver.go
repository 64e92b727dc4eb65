// A receiver in Go, of OpenTelemetry's own messages.
//
//	receiver
//
// Prints its address, then each request that it reads, as protobuf's JSON on one line. Answers that it rejects one
// span. Ends with its input.
package main

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"regexp"

	traces "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// OTLP's JSON has ids as hex, protobuf's as base64.
var ids = regexp.MustCompile(`"(traceId|spanId|parentSpanId)":"([0-9a-f]+)"`)

func withBase64Ids(body []byte) []byte {
	return ids.ReplaceAllFunc(body, func(member []byte) []byte {
		parts := ids.FindSubmatch(member)
		id, err := hex.DecodeString(string(parts[2]))
		if err != nil {
			log.Fatal(err)
		}
		return []byte(fmt.Sprintf(`"%s":"%s"`, parts[1], base64.StdEncoding.EncodeToString(id)))
	})
}

func contentOf(request *http.Request) ([]byte, error) {
	if request.Header.Get("Content-Encoding") != "gzip" {
		return nil, fmt.Errorf("the body is not compressed")
	}
	unzipped, err := gzip.NewReader(request.Body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unzipped)
}

func answer(request *http.Request) ([]byte, error) {
	body, err := contentOf(request)
	if err != nil {
		return nil, err
	}
	message := &traces.ExportTraceServiceRequest{}
	receipt := &traces.ExportTraceServiceResponse{PartialSuccess: &traces.ExportTracePartialSuccess{
		RejectedSpans: 1, ErrorMessage: "one is too many"}}
	if request.Header.Get("Content-Type") == "application/json" {
		if err = protojson.Unmarshal(withBase64Ids(body), message); err != nil {
			return nil, err
		}
		fmt.Println(protojson.MarshalOptions{}.Format(message))
		return protojson.Marshal(receipt)
	}
	if err = proto.Unmarshal(body, message); err != nil {
		return nil, err
	}
	fmt.Println(protojson.MarshalOptions{}.Format(message))
	return proto.Marshal(receipt)
}

func receive(writer http.ResponseWriter, request *http.Request) {
	receipt, err := answer(request)
	if err != nil {
		fmt.Println(err)
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return
	}
	writer.Header().Set("Content-Type", request.Header.Get("Content-Type"))
	writer.Write(receipt)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/v1/traces", receive)
	go http.Serve(listener, nil)
	fmt.Printf("http://%s\n", listener.Addr())
	io.Copy(io.Discard, os.Stdin)
}
