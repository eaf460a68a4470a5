package generator

import "github.com/metaflow-cfn/metaflow-cfn/internal/paramfile"

// MaxFileSize is how large a parameter file may be, in bytes.
const MaxFileSize = paramfile.MaxSize

// ReadFile reads a parameter file in YAML or JSON, or in the form of another tool. All
// problems are returned at once, each with the file's name, line and column.
func (c *Component) ReadFile(name string, data []byte) (paramfile.File, error) {
	return paramfile.Read(name, data, paramfile.Schema{
		Parameter: func(name string) (paramfile.Parameter, bool) {
			p := c.Lookup(name)
			if p == nil {
				return paramfile.Parameter{}, false
			}
			return paramfile.Parameter{List: p.Kind == List, Check: p.Check}, true
		},
		Unknown: c.Unknown,
		Tag:     CheckTag,
	})
}
