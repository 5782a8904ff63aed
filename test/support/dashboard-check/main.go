// Checks dashboards against Grafana's own schema: unknown fields, wrong types, and what a dashboard may not be.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	// Panels and queries are checked by the schemas of their own plugins.
	plugins.RegisterDefaultPlugins()
	failed := false
	for _, file := range os.Args[1:] {
		if err := check(file); err != nil {
			failed = true
			fmt.Printf("%s: %v\n", file, err)
		}
	}
	if failed {
		os.Exit(1)
	}
}

func check(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var found dashboard.Dashboard
	// An empty list of errors comes back as an error all the same.
	var findings cog.BuildErrors
	if err := found.UnmarshalJSONStrict(text); err != nil && (!errors.As(err, &findings) || len(findings) > 0) {
		return err
	}
	return found.Validate()
}
