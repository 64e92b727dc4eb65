package main

import (
	"crypto/sha256"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

const (
	mostLoops     = 64
	mostLoopBytes = 64 << 20
	mostNameBytes = 255
)

type loop struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Bytes       int       `json:"bytes"`
	ContentType string    `json:"contentType"`
	UploadedAt  time.Time `json:"uploadedAt"`
	audio       []byte
}

// Loops keeps what was shared in memory, and answers as Loop Share's backend does.
type Loops struct {
	mutex sync.Mutex
	list  []loop // newest first
}

// audioType refuses what a browser would run as a page of this server when it fetches it.
func audioType(contentType string) (string, bool) {
	if contentType == "" {
		return "application/octet-stream", true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return mediaType, err == nil && (mediaType == "application/octet-stream" || strings.HasPrefix(mediaType, "audio/"))
}

func (l *Loops) upload(answer http.ResponseWriter, request *http.Request) {
	contentType, isAudio := audioType(request.Header.Get("Content-Type"))
	if !isAudio {
		respond(answer, http.StatusUnsupportedMediaType,
			map[string]string{"error": "audio is sent as Content-Type: audio/… or application/octet-stream"})
		return
	}
	audio, err := io.ReadAll(http.MaxBytesReader(answer, request.Body, mostLoopBytes))
	if err != nil || len(audio) == 0 {
		respond(answer, http.StatusBadRequest, map[string]string{"error": "the body must be at most 64 MiB of audio"})
		return
	}
	name, err := url.PathUnescape(request.Header.Get("X-File-Name"))
	if err != nil || !utf8.ValidString(name) || len(name) > mostNameBytes {
		respond(answer, http.StatusBadRequest,
			map[string]string{"error": "X-File-Name must be percent-encoded UTF-8 of at most 255 bytes"})
		return
	}
	digest := sha256.Sum256(audio)
	shared := loop{ID: uuid(trace.TraceID(digest[:16])), Name: name, Bytes: len(audio),
		ContentType: contentType, UploadedAt: time.Now().UTC(), audio: audio}

	_, span := otel.Tracer("loops").Start(request.Context(), "storage.write")
	span.SetAttributes(attribute.String("audio.id", shared.ID), attribute.Int("audio.bytes", shared.Bytes))
	l.add(shared)
	span.End()
	respond(answer, http.StatusOK, map[string]any{"id": shared.ID, "name": name, "size": shared.Bytes,
		"contentType": shared.ContentType, "traceId": answer.Header().Get("X-Trace-ID")})
}

func (l *Loops) add(shared loop) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.list = append([]loop{shared}, l.list[:min(len(l.list), mostLoops-1)]...)
}

func (l *Loops) all(answer http.ResponseWriter, request *http.Request) {
	_, span := otel.Tracer("loops").Start(request.Context(), "db.query")
	list := l.copy()
	span.SetAttributes(attribute.Int("db.loops", len(list)))
	span.End()
	respond(answer, http.StatusOK, map[string]any{"loops": list})
}

func (l *Loops) copy() []loop {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return append([]loop{}, l.list...)
}

func (l *Loops) one(answer http.ResponseWriter, request *http.Request) {
	for _, shared := range l.copy() {
		if shared.ID == request.PathValue("id") {
			answer.Header().Set("Content-Type", shared.ContentType)
			answer.Header().Set("X-Content-Type-Options", "nosniff")
			_, _ = answer.Write(shared.audio)
			return
		}
	}
	respond(answer, http.StatusNotFound, map[string]string{"error": "no audio of this id is stored"})
}

func respond(answer http.ResponseWriter, status int, body any) {
	answer.Header().Set("Content-Type", "application/json")
	answer.WriteHeader(status)
	_ = json.NewEncoder(answer).Encode(body)
}
