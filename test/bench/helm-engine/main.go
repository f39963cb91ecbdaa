// The peer of the render benchmark: what Helm's SDK takes, in one process, from values to sorted manifests.
// Usage: helm-engine SECONDS CHART... ; prints a line of JSON for each chart that renders.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

func main() {
	seconds, err := strconv.ParseFloat(os.Args[1], 64)
	check(err)
	for _, path := range os.Args[2:] {
		if err := measure(path, time.Duration(seconds*float64(time.Second))); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
		}
	}
}

func measure(path string, length time.Duration) error {
	chart, err := loader.Load(path)
	if err != nil {
		return err
	}
	if err := chartutil.ProcessDependencies(chart, map[string]any{}); err != nil {
		return err
	}
	options := common.ReleaseOptions{Name: "bench", Namespace: "default", Revision: 1, IsInstall: true}
	var times []float64
	bytes := 0
	for end := time.Now().Add(length); time.Now().Before(end) || len(times) < 3; {
		start := time.Now()
		values, err := util.ToRenderValues(chart, map[string]any{}, options, common.DefaultCapabilities)
		if err != nil {
			return err
		}
		files, err := engine.Render(chart, values)
		if err != nil {
			return err
		}
		for name := range files {
			if len(name) > 9 && name[len(name)-9:] == "NOTES.txt" {
				delete(files, name)
			}
		}
		_, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
		if err != nil {
			return err
		}
		times = append(times, float64(time.Since(start).Nanoseconds())/1e6)
		bytes = 0
		for _, manifest := range manifests {
			bytes += len(manifest.Content)
		}
	}
	sort.Float64s(times)
	line, err := json.Marshal(map[string]any{"chart": path, "milliseconds": times[len(times)/2], "bytes": bytes})
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	return nil
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
