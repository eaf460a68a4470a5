package core_test

import (
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

func BenchmarkTemplate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		core.Component.Template()
	}
}

func BenchmarkResolve(b *testing.B) {
	t := core.Component.Template()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Resolve(nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkYAML(b *testing.B) {
	t := core.Component.Template()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.YAML(); err != nil {
			b.Fatal(err)
		}
	}
}
