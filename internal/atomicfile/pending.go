//go:build !windows

package atomicfile

import (
	"io/fs"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// newPending creates the temporary file in the folder of the file that it replaces.
func newPending(path string, mode fs.FileMode) (pending, error) {
	return renameio.NewPendingFile(path,
		renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(mode),
		renameio.WithExistingPermissions())
}
