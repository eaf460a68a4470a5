package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// figuresAttr is the test attribute in which TestTenMinutes reports its figures.
const figuresAttr = "figures"

// tenMinutes runs TestTenMinutes: only a test can have a fake clock.
func tenMinutes() ([]figures, error) {
	out, err := exec.Command("go", "test", "-count=1", "-v", "-run", "^TestTenMinutes$",
		"./internal/bench").Output()
	if err != nil {
		return nil, fmt.Errorf("TestTenMinutes: %w: %s", err, out)
	}
	var all []figures
	for line := range strings.Lines(string(out)) {
		// === ATTR  TestTenMinutes/create figures {"Name": …}
		fields := strings.SplitN(strings.TrimSpace(line), " ", 6)
		if len(fields) != 6 || fields[1] != "ATTR" || fields[4] != figuresAttr {
			continue
		}
		var f figures
		if err := json.Unmarshal([]byte(fields[5]), &f); err != nil {
			return nil, fmt.Errorf("TestTenMinutes: %w: %s", err, line)
		}
		all = append(all, f)
	}
	if len(all) == 0 {
		return nil, errors.New("TestTenMinutes has reported nothing")
	}
	return all, nil
}
