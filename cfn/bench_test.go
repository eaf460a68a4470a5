package cfn_test

import "testing"

func BenchmarkTemplate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sample()
	}
}

func BenchmarkResolve(b *testing.B) {
	t := sample()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Resolve(nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkYAML(b *testing.B) {
	t := sample()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.YAML(); err != nil {
			b.Fatal(err)
		}
	}
}
