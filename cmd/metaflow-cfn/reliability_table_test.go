package main

import "slices"

// ordeals are those that pass in a moment.
func ordeals() []ordeal {
	return slices.Concat(accountOrdeals(), inputOrdeals(), templateOrdeals(), transportOrdeals(), changeOrdeals(), concurrencyOrdeals(), stateOrdeals(),
		signalOrdeals(), outputOrdeals(), fileOrdeals(), deleteOrdeals())
}

// longOrdeals are those that need fake time.
func longOrdeals() []ordeal {
	return slices.Concat(lostCredentials(), longTransportOrdeals(), watchOrdeals(), clockOrdeals(), manyOrdeals())
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
