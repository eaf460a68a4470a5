package command

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// faultCases returns the cases that take a moment.
func faultCases() []faultCase {
	return slices.Concat(accountCases(), inputCases(), templateCases(), transportCases(), changeCases(), concurrencyCases(), stateCases(),
		signalCases(), outputCases(), fileCases(), deleteCases())
}

// longFaultCases returns the cases that need fake time.
func longFaultCases() []faultCase {
	return slices.Concat(lostCredentials(), longTransportCases(), watchCases(), clockCases(), manyCases())
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// tree returns every file of the bench, with its mode and content.
func (b *bench) tree() map[string]string {
	files := map[string]string{}
	b.must(filepath.WalkDir(b.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(b.folder, path)
		if files[name] = info.Mode().String(); err == nil && info.Mode().IsRegular() {
			var content []byte
			content, err = os.ReadFile(path)
			files[name] += string(content)
		}
		return err
	}))
	return files
}

// changed returns the names of the files that are different or missing in one of the trees.
func changed(before, after map[string]string) []string {
	names := map[string]bool{}
	for _, files := range []map[string]string{before, after} {
		for name := range files {
			if before[name] != after[name] {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}
