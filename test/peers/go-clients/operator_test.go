package goclients

import (
	"context"
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	metaapply "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/kubernetes"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/go-logr/logr/testr"
)

const finalizer = "peers.example.com/site"

type reconciler struct {
	client.Client
	events events.EventRecorder
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	site := &Website{}
	if err := r.Get(ctx, request.NamespacedName, site); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	outside := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: site.Namespace, Name: site.Name + "-outside"}}
	if !site.DeletionTimestamp.IsZero() {
		if err := client.IgnoreNotFound(r.Delete(ctx, outside)); err != nil {
			return ctrl.Result{}, err
		}
		if controllerutil.RemoveFinalizer(site, finalizer) {
			return ctrl.Result{}, r.Update(ctx, site)
		}
		return ctrl.Result{}, nil
	}
	if controllerutil.AddFinalizer(site, finalizer) {
		return ctrl.Result{}, r.Update(ctx, site)
	}
	if _, err := controllerutil.CreateOrUpdate(ctx, r.Client, outside, func() error {
		outside.Data = map[string]string{"image": site.Spec.Image}
		return nil
	}); err != nil {
		return ctrl.Result{}, err
	}
	owner := metaapply.OwnerReference().WithAPIVersion(websiteVersion.String()).WithKind("Website").WithName(site.Name).
		WithUID(site.UID).WithController(true).WithBlockOwnerDeletion(true)
	intent := appsapply.Deployment(site.Name, site.Namespace).WithOwnerReferences(owner).WithSpec(appsapply.DeploymentSpec().
		WithReplicas(site.Spec.Replicas).
		WithSelector(metaapply.LabelSelector().WithMatchLabels(labels(site.Name))).
		WithTemplate(coreapply.PodTemplateSpec().WithLabels(labels(site.Name)).WithSpec(coreapply.PodSpec().
			WithContainers(coreapply.Container().WithName("web").WithImage(site.Spec.Image)))))
	if err := r.Apply(ctx, intent, client.FieldOwner("website-operator"), client.ForceOwnership); err != nil {
		return ctrl.Result{}, err
	}
	deployment := &appsv1.Deployment{}
	if err := r.Get(ctx, request.NamespacedName, deployment); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	before := site.DeepCopyObject().(*Website)
	site.Status.Replicas, site.Status.ReadyReplicas = deployment.Status.Replicas, deployment.Status.ReadyReplicas
	site.Status.ObservedGeneration, site.Status.Selector = site.Generation, "app="+site.Name
	isReady := metav1.ConditionFalse
	if deployment.Status.ReadyReplicas == site.Spec.Replicas {
		isReady = metav1.ConditionTrue
	}
	if meta.SetStatusCondition(&site.Status.Conditions, metav1.Condition{Type: "Ready", Status: isReady, Reason: "Counted", ObservedGeneration: site.Generation}) {
		r.events.Eventf(site, nil, corev1.EventTypeNormal, "Ready"+string(isReady), "Counting", "%d of %d", deployment.Status.ReadyReplicas, site.Spec.Replicas)
	}
	return ctrl.Result{}, r.Status().Patch(ctx, site, client.MergeFrom(before))
}

// startOperator installs the definition as envtest does with a cluster that exists, and runs a manager until the end.
func startOperator(t *testing.T) (context.Context, client.Client, string) {
	t.Helper()
	log.SetLogger(testr.NewWithOptions(t, testr.Options{Verbosity: -1}))
	environment := &envtest.Environment{
		UseExistingCluster: ptr.To(true),
		Config:             config,
		CRDs:               []*apiextensionsv1.CustomResourceDefinition{websiteDefinition()},
	}
	config, err := environment.Start()
	must(t, err)
	t.Cleanup(func() { must(t, environment.Stop()) })
	namespace := newNamespace(t, kubernetes.NewForConfigOrDie(config))

	scheme := runtime.NewScheme()
	must(t, clientscheme.AddToScheme(scheme))
	must(t, addWebsites(scheme))
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme: scheme, Metrics: server.Options{BindAddress: "0"},
		LeaderElection: true, LeaderElectionID: "website-operator", LeaderElectionNamespace: namespace, LeaderElectionReleaseOnCancel: true,
	})
	must(t, err)
	must(t, manager.GetFieldIndexer().IndexField(t.Context(), &Website{}, "spec.image", func(object client.Object) []string {
		return []string{object.(*Website).Spec.Image}
	}))
	must(t, ctrl.NewControllerManagedBy(manager).For(&Website{}).Owns(&appsv1.Deployment{}).
		Complete(&reconciler{Client: manager.GetClient(), events: manager.GetEventRecorder("website-operator")}))
	ctx, cancel := context.WithCancel(newContext(t))
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	t.Cleanup(func() {
		cancel()
		must(t, <-ended)
	})
	equal(t, "caches are filled", manager.GetCache().WaitForCacheSync(ctx), true)
	select {
	case <-manager.Elected():
	case <-time.After(patience):
		t.Fatal("nobody was elected")
	}
	return ctx, manager.GetClient(), namespace
}

func TestOperator(t *testing.T) {
	ctx, operator, namespace := startOperator(t)
	direct, err := client.NewWithWatch(config, client.Options{Scheme: operator.Scheme()})
	must(t, err)
	key := types.NamespacedName{Namespace: namespace, Name: "shop"}
	watcher, err := direct.Watch(ctx, &WebsiteList{}, client.InNamespace(namespace))
	must(t, err)
	defer watcher.Stop()

	bad := &Website{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "bad"}, Spec: WebsiteSpec{Replicas: -1}}
	err = direct.Create(ctx, bad)
	equal(t, "a wrong object is refused", apierrors.IsInvalid(err), true)

	site := &Website{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "shop"}, Spec: WebsiteSpec{Image: "registry.example.com/shop:1"}}
	must(t, direct.Create(ctx, site))
	equal(t, "defaulted", site.Spec.Replicas, 1)
	becomesReady := func(replicas int32) {
		t.Helper()
		eventually(t, fmt.Sprintf("%d are ready", replicas), func() (bool, error) {
			if err := direct.Get(ctx, key, site); err != nil {
				return false, err
			}
			return site.Status.ReadyReplicas == replicas && site.Status.ObservedGeneration == site.Generation &&
				meta.IsStatusConditionTrue(site.Status.Conditions, "Ready"), nil
		})
	}
	becomesReady(1)
	equal(t, "finalizer", controllerutil.ContainsFinalizer(site, finalizer), true)

	scale := &autoscalingv1.Scale{}
	must(t, direct.SubResource("scale").Get(ctx, site, scale))
	equal(t, "selector", scale.Status.Selector, "app=shop")
	scale.Spec.Replicas = 3
	must(t, direct.SubResource("scale").Update(ctx, site, client.WithSubResourceBody(scale)))
	becomesReady(3)
	equal(t, "generation", site.Generation >= 2, true)

	var found WebsiteList
	must(t, operator.List(ctx, &found, client.InNamespace(namespace), client.MatchingFields{"spec.image": "registry.example.com/shop:1"}))
	equal(t, "by the cache's index", len(found.Items), 1)
	must(t, direct.List(ctx, &found, client.InNamespace(namespace), client.MatchingFields{"spec.image": "registry.example.com/shop:1"}))
	equal(t, "by a selectable field", len(found.Items), 1)
	must(t, direct.List(ctx, &found, client.InNamespace(namespace), client.MatchingFields{"spec.image": "none"}))
	equal(t, "by another", len(found.Items), 0)

	deployment := &appsv1.Deployment{}
	must(t, direct.Get(ctx, key, deployment))
	must(t, direct.Delete(ctx, deployment))
	eventually(t, "what is deleted by hand comes back", func() (bool, error) {
		again := &appsv1.Deployment{}
		err := direct.Get(ctx, key, again)
		return err == nil && again.UID != deployment.UID, client.IgnoreNotFound(err)
	})
	becomesReady(3)
	equal(t, "the controller owns it", metav1.IsControlledBy(fetch(t, ctx, direct, key), site), true)

	eventually(t, "its events are recorded", func() (bool, error) {
		var list corev1.EventList
		err := direct.List(ctx, &list, client.InNamespace(namespace), client.MatchingFields{"reason": "ReadyTrue", "involvedObject.kind": "Website"})
		return len(list.Items) > 0, err
	})

	must(t, direct.Delete(ctx, site, client.PropagationPolicy(metav1.DeletePropagationForeground)))
	for _, object := range []client.Object{&Website{}, &appsv1.Deployment{}} {
		eventually(t, fmt.Sprintf("the %T is gone", object), func() (bool, error) {
			return apierrors.IsNotFound(direct.Get(ctx, key, object)), nil
		})
	}
	outside := types.NamespacedName{Namespace: namespace, Name: "shop-outside"}
	equal(t, "what the finalizer is for", apierrors.IsNotFound(direct.Get(ctx, outside, &corev1.ConfigMap{})), true)
	seen := map[string]int{}
	for seen["DELETED"] == 0 {
		select {
		case event := <-watcher.ResultChan():
			seen[string(event.Type)]++
		case <-time.After(patience):
			t.Fatalf("the watch saw no end: %v", seen)
		}
	}
	equal(t, "added once", seen["ADDED"], 1)
	equal(t, "no error", seen["ERROR"], 0)
}

func fetch(t *testing.T, ctx context.Context, c client.Client, key types.NamespacedName) *appsv1.Deployment {
	t.Helper()
	deployment := &appsv1.Deployment{}
	must(t, c.Get(ctx, key, deployment))
	return deployment
}
