package goclients

import (
	"context"
	"fmt"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/scale"
	"k8s.io/client-go/tools/pager"
)

var configMapResource = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}

func TestDynamicClient(t *testing.T) {
	ctx, _, namespace := newClient(t)
	client := dynamic.NewForConfigOrDie(config).Resource(configMapResource).Namespace(namespace)
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"generateName": "dynamic-"}, "data": map[string]any{"a": "1"},
	}}
	created, err := client.Create(ctx, object, metav1.CreateOptions{FieldValidation: "Strict"})
	must(t, err)
	patched, err := client.Patch(ctx, created.GetName(), types.MergePatchType, []byte(`{"data":{"b":"2","a":null}}`), metav1.PatchOptions{})
	must(t, err)
	data, _, err := unstructured.NestedStringMap(patched.Object, "data")
	must(t, err)
	equal(t, "data", fmt.Sprint(data), "map[b:2]")
	object.Object["nonsense"] = "x"
	_, err = client.Create(ctx, object, metav1.CreateOptions{FieldValidation: "Strict"})
	equal(t, "unknown field", err != nil && strings.Contains(err.Error(), `strict decoding error: unknown field "nonsense"`), true)
	applied := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "applied"}, "data": map[string]any{"a": "1"},
	}}
	_, err = client.Apply(ctx, "applied", applied, metav1.ApplyOptions{FieldManager: "peer"})
	must(t, err)
	dry, err := client.Create(ctx, &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "dry"},
	}}, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	must(t, err)
	equal(t, "a dry run has a uid", dry.GetUID() != "", true)
	_, err = client.Get(ctx, "dry", metav1.GetOptions{})
	equal(t, "and stores nothing", apierrors.IsNotFound(err), true)
	must(t, client.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{FieldSelector: "metadata.name=applied"}))
	list, err := client.List(ctx, metav1.ListOptions{})
	must(t, err)
	for _, item := range list.Items {
		equal(t, "it is deleted", item.GetName() != "applied", true)
	}
}

func TestMetadataClient(t *testing.T) {
	ctx, typed, namespace := newClient(t)
	client := metadata.NewForConfigOrDie(config).Resource(configMapResource).Namespace(namespace)
	_, err := typed.CoreV1().ConfigMaps(namespace).Create(ctx, newConfigMap("meta", map[string]string{"a": "1"}), metav1.CreateOptions{})
	must(t, err)
	got, err := client.Get(ctx, "meta", metav1.GetOptions{})
	must(t, err)
	equal(t, "label", got.Labels["app"], "peer")
	patched, err := client.Patch(ctx, "meta", types.MergePatchType, []byte(`{"metadata":{"labels":{"more":"yes"}}}`), metav1.PatchOptions{})
	must(t, err)
	equal(t, "label", patched.Labels["more"], "yes")
	list, err := client.List(ctx, metav1.ListOptions{LabelSelector: "more=yes"})
	must(t, err)
	equal(t, "list", len(list.Items), 1)
	must(t, client.Delete(ctx, "meta", metav1.DeleteOptions{}))
	_, err = client.Get(ctx, "meta", metav1.GetOptions{})
	equal(t, "gone", apierrors.IsNotFound(err), true)
}

func TestPagination(t *testing.T) {
	ctx, client, namespace := newClient(t)
	configMaps := client.CoreV1().ConfigMaps(namespace)
	for i := range 25 {
		_, err := configMaps.Create(ctx, newConfigMap(fmt.Sprintf("page-%02d", i), nil), metav1.CreateOptions{})
		must(t, err)
	}
	first, err := configMaps.List(ctx, metav1.ListOptions{Limit: 10})
	must(t, err)
	equal(t, "first page", len(first.Items), 10)
	equal(t, "remaining", *first.RemainingItemCount >= 15, true)
	_, err = configMaps.Create(ctx, newConfigMap("page-99", nil), metav1.CreateOptions{})
	must(t, err)
	names := []string{}
	for page := first; ; {
		for _, item := range page.Items {
			if strings.HasPrefix(item.Name, "page-") {
				names = append(names, item.Name)
			}
		}
		if page.Continue == "" {
			break
		}
		equal(t, "all pages are of one version", page.ResourceVersion, first.ResourceVersion)
		page, err = configMaps.List(ctx, metav1.ListOptions{Limit: 10, Continue: page.Continue})
		must(t, err)
	}
	equal(t, "items, but not that of later", len(names), 25)
	seen := 0
	list := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return configMaps.List(ctx, options)
	})
	list.PageSize = 7
	must(t, list.EachListItem(ctx, metav1.ListOptions{LabelSelector: "app=peer"}, func(runtime.Object) error {
		seen++
		return nil
	}))
	equal(t, "items of a pager", seen, 26)
	_, err = configMaps.List(ctx, metav1.ListOptions{Limit: 10, Continue: "nonsense"})
	equal(t, "a wrong token", apierrors.IsBadRequest(err), true)
}

func TestDiscovery(t *testing.T) {
	client := discovery.NewDiscoveryClientForConfigOrDie(config)
	version, err := client.ServerVersion()
	must(t, err)
	equal(t, "version", version.Major+"."+version.Minor, "1.34")
	groups, resources, err := client.ServerGroupsAndResources()
	must(t, err)
	equal(t, "groups", len(groups) > 15 && len(resources) > 15, true)
	preferred, err := client.ServerPreferredNamespacedResources()
	must(t, err)
	equal(t, "deletable", len(discovery.FilteredBy(discovery.SupportsAllVerbs{Verbs: []string{"delete", "list"}}, preferred)) > 8, true)
	legacy := discovery.NewDiscoveryClientForConfigOrDie(config)
	legacy.UseLegacyDiscovery = true
	_, older, err := legacy.ServerGroupsAndResources()
	must(t, err)
	count := func(lists []*metav1.APIResourceList) (n int) {
		for _, list := range lists {
			n += len(list.APIResources)
		}
		return n
	}
	equal(t, "legacy discovery knows the same resources", count(older), count(resources))
	paths, err := client.OpenAPIV3().Paths()
	must(t, err)
	document, err := paths["apis/apps/v1"].Schema("application/json")
	must(t, err)
	equal(t, "OpenAPI v3", strings.Contains(string(document), "io.k8s.api.apps.v1.Deployment"), true)
	_, err = client.OpenAPISchema()
	must(t, err)

	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client))
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: "autoscaling", Kind: "HorizontalPodAutoscaler"})
	must(t, err)
	equal(t, "preferred", mapping.Resource.Version, "v2")
	equal(t, "scope", mapping.Scope.Name(), meta.RESTScopeNameNamespace)
	expanded := restmapper.NewShortcutExpander(mapper, memory.NewMemCacheClient(client), func(string) {})
	resource, err := expanded.ResourceFor(schema.GroupVersionResource{Resource: "deploy"})
	must(t, err)
	equal(t, "short name", resource.Resource, "deployments")
	_, err = mapper.RESTMapping(schema.GroupKind{Group: "nothing.example.com", Kind: "Thing"})
	equal(t, "no match", meta.IsNoMatchError(err), true)
}

func TestScaleClient(t *testing.T) {
	ctx, client, namespace := newClient(t)
	_, err := client.AppsV1().Deployments(namespace).Create(ctx, newDeployment("scaled", 1), metav1.CreateOptions{})
	must(t, err)
	cached := memory.NewMemCacheClient(client.Discovery())
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(cached)
	scales, err := scale.NewForConfig(config, mapper, dynamic.LegacyAPIPathResolverFunc, scale.NewDiscoveryScaleKindResolver(cached))
	must(t, err)
	resource := schema.GroupResource{Group: "apps", Resource: "deployments"}
	current, err := scales.Scales(namespace).Get(ctx, resource, "scaled", metav1.GetOptions{})
	must(t, err)
	equal(t, "selector", current.Status.Selector, "app=scaled")
	current.Spec.Replicas = 3
	_, err = scales.Scales(namespace).Update(ctx, resource, current, metav1.UpdateOptions{})
	must(t, err)
	eventually(t, "three are there", func() (bool, error) {
		now, err := scales.Scales(namespace).Get(ctx, resource, "scaled", metav1.GetOptions{})
		return err == nil && now.Status.Replicas == 3, err
	})
	waitForDeployment(t, ctx, client, namespace, "scaled")
	pods, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=scaled", FieldSelector: "status.phase=Running"})
	must(t, err)
	equal(t, "pods", len(pods.Items), 3)
	equal(t, "each has a node", pods.Items[0].Spec.NodeName != "" && pods.Items[0].Status.PodIP != "", true)
	_, err = client.CoreV1().Pods(namespace).Get(ctx, pods.Items[0].Name, metav1.GetOptions{})
	must(t, err)
}
