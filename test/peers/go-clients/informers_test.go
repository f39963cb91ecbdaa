package goclients

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	clientfeatures "k8s.io/client-go/features"
	clientfeaturestesting "k8s.io/client-go/features/testing"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/client-go/util/retry"
)

var informed = []schema.GroupVersionResource{
	{Version: "v1", Resource: "pods"}, {Version: "v1", Resource: "services"}, {Version: "v1", Resource: "configmaps"},
	{Version: "v1", Resource: "secrets"}, {Version: "v1", Resource: "nodes"}, {Version: "v1", Resource: "namespaces"},
	{Version: "v1", Resource: "events"}, {Version: "v1", Resource: "serviceaccounts"},
	{Version: "v1", Resource: "persistentvolumes"}, {Version: "v1", Resource: "persistentvolumeclaims"},
	{Group: "apps", Version: "v1", Resource: "deployments"}, {Group: "apps", Version: "v1", Resource: "replicasets"},
	{Group: "apps", Version: "v1", Resource: "statefulsets"}, {Group: "apps", Version: "v1", Resource: "daemonsets"},
	{Group: "apps", Version: "v1", Resource: "controllerrevisions"},
	{Group: "batch", Version: "v1", Resource: "jobs"}, {Group: "batch", Version: "v1", Resource: "cronjobs"},
	{Group: "networking.k8s.io", Version: "v1", Resource: "ingresses"},
	{Group: "networking.k8s.io", Version: "v1", Resource: "networkpolicies"},
	{Group: "discovery.k8s.io", Version: "v1", Resource: "endpointslices"},
	{Group: "policy", Version: "v1", Resource: "poddisruptionbudgets"},
	{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "clusterroles"},
	{Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses"},
	{Group: "coordination.k8s.io", Version: "v1", Resource: "leases"},
	{Group: "autoscaling", Version: "v2", Resource: "horizontalpodautoscalers"},
}

// sources are the ways that informers are fed: typed, in JSON and in protobuf, dynamic, and of metadata only.
func sources(t *testing.T) map[string]func(schema.GroupVersionResource) cache.SharedIndexInformer {
	t.Helper()
	typed := func(contentType string) func(schema.GroupVersionResource) cache.SharedIndexInformer {
		own := *config
		own.ContentType = contentType
		own.AcceptContentTypes = contentType + ",application/json"
		factory := informers.NewSharedInformerFactory(kubernetes.NewForConfigOrDie(&own), 0)
		return func(gvr schema.GroupVersionResource) cache.SharedIndexInformer {
			informer, err := factory.ForResource(gvr)
			must(t, err)
			return informer.Informer()
		}
	}
	dynamically := dynamicinformer.NewDynamicSharedInformerFactory(dynamic.NewForConfigOrDie(config), 0)
	metadataOnly := metadatainformer.NewSharedInformerFactory(metadata.NewForConfigOrDie(config), 0)
	return map[string]func(schema.GroupVersionResource) cache.SharedIndexInformer{
		"json":     typed("application/json"),
		"protobuf": typed("application/vnd.kubernetes.protobuf"),
		"dynamic": func(gvr schema.GroupVersionResource) cache.SharedIndexInformer {
			return dynamically.ForResource(gvr).Informer()
		},
		"metadata": func(gvr schema.GroupVersionResource) cache.SharedIndexInformer {
			return metadataOnly.ForResource(gvr).Informer()
		},
	}
}

func TestInformers(t *testing.T) {
	for _, watchList := range []bool{true, false} {
		t.Run(fmt.Sprintf("WatchList=%v", watchList), func(t *testing.T) {
			clientfeaturestesting.SetFeatureDuringTest(t, clientfeatures.WatchListClient, watchList)
			ctx, client, namespace := newClient(t)
			for name, informerFor := range sources(t) {
				t.Run(name, func(t *testing.T) {
					checkInformers(t, ctx, client, namespace, name, informerFor)
				})
			}
		})
	}
}

// recorder keeps what handlers are told of ConfigMaps of one namespace.
type recorder struct {
	sync.Mutex
	told []string
}

func (r *recorder) add(event string, obj any) {
	key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(obj)
	if err != nil {
		key = err.Error()
	}
	r.Lock()
	defer r.Unlock()
	r.told = append(r.told, event+" "+key)
}

func checkInformers(
	t *testing.T, ctx context.Context, client kubernetes.Interface, namespace, source string,
	informerFor func(schema.GroupVersionResource) cache.SharedIndexInformer,
) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	own := &recorder{}
	var synced []cache.InformerSynced
	var failed recorder
	name := "watched-" + source
	configMaps := client.CoreV1().ConfigMaps(namespace)
	_, err := configMaps.Create(ctx, newConfigMap(name+"-before", nil), metav1.CreateOptions{})
	must(t, err)
	for _, gvr := range informed {
		informer := informerFor(gvr)
		must(t, informer.SetWatchErrorHandler(func(_ *cache.Reflector, err error) {
			failed.Lock()
			defer failed.Unlock()
			failed.told = append(failed.told, fmt.Sprintf("%s: %v", gvr, err))
		}))
		if gvr.Resource == "configmaps" {
			_, err := informer.AddEventHandler(cache.FilteringResourceEventHandler{
				FilterFunc: func(obj any) bool {
					key, _ := cache.DeletionHandlingMetaNamespaceKeyFunc(obj)
					return key == namespace+"/"+name || key == namespace+"/"+name+"-before"
				},
				Handler: cache.ResourceEventHandlerFuncs{
					AddFunc:    func(obj any) { own.add("add", obj) },
					UpdateFunc: func(_, obj any) { own.add("update", obj) },
					DeleteFunc: func(obj any) { own.add("delete", obj) },
				},
			})
			must(t, err)
		}
		synced = append(synced, informer.HasSynced)
		go informer.Run(ctx.Done())
	}
	deadline, stop := context.WithTimeout(ctx, patience)
	defer stop()
	if !cache.WaitForCacheSync(deadline.Done(), synced...) {
		t.Fatalf("informers did not sync: %v", failed.told)
	}
	created, err := configMaps.Create(ctx, newConfigMap(name, map[string]string{"a": "1"}), metav1.CreateOptions{})
	must(t, err)
	created.Data["a"] = "2"
	_, err = configMaps.Update(ctx, created, metav1.UpdateOptions{})
	must(t, err)
	must(t, configMaps.Delete(ctx, name, metav1.DeleteOptions{}))
	want := fmt.Sprint([]string{
		"add " + namespace + "/" + name + "-before", "add " + namespace + "/" + name,
		"update " + namespace + "/" + name, "delete " + namespace + "/" + name,
	})
	eventually(t, "handlers are told all", func() (bool, error) {
		own.Lock()
		defer own.Unlock()
		if len(own.told) > 4 {
			return false, fmt.Errorf("they were told %v", own.told)
		}
		return fmt.Sprint(own.told) == want, nil
	})
	for _, gvr := range informed {
		equal(t, gvr.Resource+" knows kube-system", gvr.Resource != "namespaces" || len(informerFor(gvr).GetStore().ListKeys()) > 3, true)
	}
	failed.Lock()
	defer failed.Unlock()
	equal(t, "watch errors", fmt.Sprint(failed.told), "[]")
}

// A watch from a version that is gone says so as an event, and an informer begins again.
func TestWatchOfAnOldVersion(t *testing.T) {
	old := os.Getenv("OLD_RESOURCE_VERSION")
	if old == "" {
		t.Skip("OLD_RESOURCE_VERSION names no version that was compacted")
	}
	ctx, client, namespace := newClient(t)
	configMaps := client.CoreV1().ConfigMaps(namespace)
	watcher, err := configMaps.Watch(ctx, metav1.ListOptions{ResourceVersion: old})
	must(t, err)
	defer watcher.Stop()
	event := <-watcher.ResultChan()
	equal(t, "type", event.Type, watch.Error)
	gone := apierrors.FromObject(event.Object)
	equal(t, "expired", apierrors.IsResourceExpired(gone), true)
	equal(t, "gone", apierrors.ReasonForError(gone), metav1.StatusReasonExpired)
	if _, open := <-watcher.ResultChan(); open {
		t.Fatal("the stream goes on after an error")
	}
	_, err = configMaps.List(ctx, metav1.ListOptions{ResourceVersion: old, ResourceVersionMatch: metav1.ResourceVersionMatchExact})
	equal(t, "an exact list is expired", apierrors.IsResourceExpired(err), true)
	_, err = configMaps.List(ctx, metav1.ListOptions{ResourceVersion: old, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan})
	must(t, err)

	retrying, err := watchtools.NewRetryWatcherWithContext(ctx, old, &cache.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return configMaps.Watch(ctx, options)
		},
	})
	must(t, err)
	defer retrying.Stop()
	event = <-retrying.ResultChan()
	equal(t, "a RetryWatcher gives it on", event.Type, watch.Error)
}

func TestUntil(t *testing.T) {
	ctx, client, namespace := newClient(t)
	_, err := client.AppsV1().Deployments(namespace).Create(ctx, newDeployment("until", 3), metav1.CreateOptions{})
	must(t, err)
	ctx, cancel := watchtools.ContextWithOptionalTimeout(ctx, patience)
	defer cancel()
	source := cache.NewListWatchFromClient(client.CoreV1().RESTClient(), "pods", namespace, fields.Everything())
	ready := map[string]bool{}
	_, err = watchtools.UntilWithSync(ctx, source, &corev1.Pod{}, nil, func(event watch.Event) (bool, error) {
		pod, isPod := event.Object.(*corev1.Pod)
		if !isPod {
			return false, fmt.Errorf("a %T", event.Object)
		}
		for _, condition := range pod.Status.Conditions {
			if condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue {
				ready[pod.Name] = true
			}
		}
		return len(ready) == 3, nil
	})
	must(t, err)
}

// Ends of watches by timeout are no errors: what happens between two of them is not lost.
func TestWatchTimeouts(t *testing.T) {
	ctx, client, namespace := newClient(t)
	configMaps := client.CoreV1().ConfigMaps(namespace)
	list, err := configMaps.List(ctx, metav1.ListOptions{})
	must(t, err)
	second := int64(1)
	watcher, err := watchtools.NewRetryWatcherWithContext(ctx, list.ResourceVersion, &cache.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.TimeoutSeconds = &second
			return configMaps.Watch(ctx, options)
		},
	})
	must(t, err)
	defer watcher.Stop()
	go func() {
		for i := range 12 {
			time.Sleep(200 * time.Millisecond)
			_ = retry.OnError(retry.DefaultBackoff, func(error) bool { return true }, func() error {
				_, err := configMaps.Create(ctx, newConfigMap(fmt.Sprintf("tick-%02d", i), nil), metav1.CreateOptions{})
				return err
			})
		}
	}()
	for i := 0; i < 12; {
		event := <-watcher.ResultChan()
		equal(t, "type", event.Type, watch.Added)
		name := event.Object.(*corev1.ConfigMap).Name
		if name == "kube-root-ca.crt" {
			continue
		}
		equal(t, "name", name, fmt.Sprintf("tick-%02d", i))
		i++
	}
}
