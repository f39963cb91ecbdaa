// The peer of the differential fuzz test: renders template cases with Helm's SDK. It reads one case a line from
// standard input (the form of test/conformance/templates.ts: chart files, values, release) and answers each with a line:
// {"outputs": {file: base64}} or {"error": text}, or {"unstable": true} where its own renders differ from each other.
// A case that is `whole` is what `helm template --include-crds` makes of it: one text, and the notes.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"maps"
	"os"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	v2 "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"helm.sh/helm/v4/pkg/strvals"
)

// Go takes the keys of a map in another order each time: a case that depends on it shows in as many renders.
const runs = 4

// What one case may take.
const patience = 5 * time.Second

// Address space for all, in bytes.
const memory = 4 << 30

const chartYaml = "apiVersion: v2\nname: conf\nversion: 1.2.3\nappVersion: \"4.5.6\"\n" +
	"description: conformance chart\ntype: application\n"

type release struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	Revision  int    `json:"revision"`
	IsUpgrade bool   `json:"isUpgrade"`
}

type templateCase struct {
	Template    *string           `json:"template"`
	Templates   map[string]string `json:"templates"`
	Values      *string           `json:"values"`
	Overrides   string            `json:"overrides"`
	Set         []string          `json:"set"`
	SetString   []string          `json:"setString"`
	Files       map[string]string `json:"files"`
	FilesBase64 map[string][]byte `json:"files_b64"`
	Release     release           `json:"release"`
	KubeVersion string            `json:"kubeVersion"`
	APIVersions []string          `json:"apiVersions"`
	Strict      bool              `json:"strict"`
	Lint        bool              `json:"lint"`
	Whole       bool              `json:"whole"`
}

type answer struct {
	Outputs  map[string][]byte `json:"outputs,omitempty"`
	Error    string            `json:"error,omitempty"`
	Unstable bool              `json:"unstable,omitempty"`
}

func main() {
	// A circle in the values ends in an overflow of the stack, which nothing can catch: sooner than at a gigabyte.
	debug.SetMaxStack(128 << 20)
	// A case that asks for more ends this process, not the machine's others.
	limit := syscall.Rlimit{Cur: memory, Max: memory}
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			var item templateCase
			if err := json.Unmarshal(line, &item); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			// Whoever asks goes on with the next case in a new process.
			timeout := time.AfterFunc(patience, func() { os.Exit(2) })
			text, err := json.Marshal(render(item))
			timeout.Stop()
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			out.Write(append(text, '\n'))
			// The next case may end the process.
			out.Flush()
		}
		if err != nil {
			out.Flush()
			return
		}
	}
}

func render(item templateCase) answer {
	outputs, err := renderOnce(item)
	for range runs - 1 {
		again, errAgain := renderOnce(item)
		if errorText(err) != errorText(errAgain) || err == nil && !maps.Equal(outputs, again) {
			return answer{Unstable: true}
		}
	}
	if err != nil {
		return answer{Error: err.Error()}
	}
	encoded := map[string][]byte{}
	for name, text := range outputs {
		encoded[name] = []byte(text)
	}
	return answer{Outputs: encoded}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return "error: " + err.Error()
}

func renderOnce(item templateCase) (map[string]string, error) {
	// The command, too, reads values before the chart.
	overrides, err := userValues(item)
	if err != nil {
		return nil, err
	}
	chart, err := loader.LoadFiles(files(item))
	if err != nil {
		return nil, err
	}
	if err := chartutil.ProcessDependencies(chart, overrides); err != nil {
		return nil, err
	}
	options := common.ReleaseOptions{
		Name:      orElse(item.Release.Name, "rel"),
		Namespace: orElse(item.Release.Namespace, "ns"),
		Revision:  max(item.Release.Revision, 1),
		IsInstall: !item.Release.IsUpgrade,
		IsUpgrade: item.Release.IsUpgrade,
	}
	// At another address each time, so that a text with the address in it counts as unstable.
	capabilities := *common.DefaultCapabilities
	capabilities.APIVersions = append(slices.Clone(capabilities.APIVersions), item.APIVersions...)
	if item.KubeVersion != "" {
		version, err := common.ParseKubeVersion(item.KubeVersion)
		if err != nil {
			return nil, err
		}
		capabilities.KubeVersion = *version
	}
	values, err := util.ToRenderValues(chart, overrides, options, &capabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Engine{Strict: item.Strict, LintMode: item.Lint}.Render(chart, values)
	if err != nil || !item.Whole {
		return files, err
	}
	return sorted(chart, files)
}

func userValues(item templateCase) (common.Values, error) {
	values, err := common.ReadValues([]byte(item.Overrides))
	if err != nil {
		return nil, err
	}
	for _, text := range item.Set {
		if err := strvals.ParseInto(text, values); err != nil {
			return nil, fmt.Errorf("failed parsing --set data: %w", err)
		}
	}
	for _, text := range item.SetString {
		if err := strvals.ParseIntoString(text, values); err != nil {
			return nil, fmt.Errorf("failed parsing --set-string data: %w", err)
		}
	}
	return values, nil
}

// What the command prints, and the notes: objects of crds/, manifests and hooks in install order.
func sorted(chart *v2.Chart, files map[string]string) (map[string]string, error) {
	notes := ""
	for name, text := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			if name == path.Join(chart.Name(), "templates", "NOTES.txt") {
				notes = text
			}
			delete(files, name)
		}
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	for _, crd := range chart.CRDObjects() {
		fmt.Fprintf(&text, "---\n# Source: %s\n%s\n", crd.Filename, crd.File.Data)
	}
	for _, manifest := range manifests {
		fmt.Fprintf(&text, "---\n# Source: %s\n%s\n", manifest.Name, manifest.Content)
	}
	printed := strings.TrimSpace(text.String()) + "\n"
	for _, hook := range hooks {
		printed += fmt.Sprintf("---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
		printed += fmt.Sprintf("# %v %d %v %v\n", hook.Events, hook.Weight, hook.DeletePolicies, hook.OutputLogPolicies)
	}
	return map[string]string{"": printed, "NOTES.txt": notes}, nil
}

func orElse(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

func files(item templateCase) []*archive.BufferedFile {
	all := map[string]string{"Chart.yaml": chartYaml}
	if item.Values != nil {
		all["values.yaml"] = *item.Values
	}
	if item.Template != nil {
		all["templates/case.yaml"] = *item.Template
	}
	maps.Copy(all, item.Templates)
	maps.Copy(all, item.Files)
	for name, data := range item.FilesBase64 {
		all[name] = string(data)
	}
	var list []*archive.BufferedFile
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, &archive.BufferedFile{Name: name, Data: []byte(strings.Clone(all[name]))})
	}
	return list
}
