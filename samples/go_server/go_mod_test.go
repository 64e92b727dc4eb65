package main

import (
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// The tests are built from Debian's packages, without modules, so that nothing else compares go.mod with the sources.
func TestGoModNamesWhatIsImported(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	packages, err := parser.ParseDir(token.NewFileSet(), ".", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range packages["main"].Files {
		for _, item := range file.Imports {
			path := strings.Trim(item.Path.Value, `"`)
			if strings.Contains(path, ".") && !isRequired(string(mod), path) {
				t.Errorf("%s imports %s, and go.mod requires no module of it", name, path)
			}
		}
	}
}

func isRequired(mod, path string) bool {
	for _, line := range strings.Split(mod, "\n") {
		module, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.Contains(module, ".") && (path == module || strings.HasPrefix(path, module+"/")) {
			return true
		}
	}
	return false
}
