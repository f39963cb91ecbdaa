package goclients

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	metaapply "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	typedcore "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/record"
)

func TestApply(t *testing.T) {
	ctx, client, namespace := newClient(t)
	deployments := client.AppsV1().Deployments(namespace)
	intent := func() *appsapply.DeploymentApplyConfiguration {
		return appsapply.Deployment("applied", namespace).WithSpec(appsapply.DeploymentSpec().
			WithReplicas(2).
			WithSelector(metaapply.LabelSelector().WithMatchLabels(labels("applied"))).
			WithTemplate(coreapply.PodTemplateSpec().WithLabels(labels("applied")).WithSpec(coreapply.PodSpec().
				WithContainers(coreapply.Container().WithName("main").WithImage("registry.example.com/main:1")))))
	}
	first, err := deployments.Apply(ctx, intent(), metav1.ApplyOptions{FieldManager: "peer"})
	must(t, err)
	again, err := deployments.Apply(ctx, intent(), metav1.ApplyOptions{FieldManager: "peer"})
	must(t, err)
	equal(t, "the same again writes no spec", again.Generation, first.Generation)
	sidecar := appsapply.Deployment("applied", namespace).WithSpec(appsapply.DeploymentSpec().
		WithTemplate(coreapply.PodTemplateSpec().WithSpec(coreapply.PodSpec().
			WithContainers(coreapply.Container().WithName("side").WithImage("registry.example.com/side:1")))))
	both, err := deployments.Apply(ctx, sidecar, metav1.ApplyOptions{FieldManager: "injector"})
	must(t, err)
	equal(t, "containers are merged by name", len(both.Spec.Template.Spec.Containers), 2)
	_, err = deployments.Apply(ctx, appsapply.Deployment("applied", namespace).WithSpec(appsapply.DeploymentSpec().WithReplicas(5)), metav1.ApplyOptions{FieldManager: "other"})
	equal(t, "conflict", apierrors.IsConflict(err), true)
	cause, hasCause := apierrors.StatusCause(err, metav1.CauseTypeFieldManagerConflict)
	equal(t, "cause", hasCause, true)
	equal(t, "field", cause.Field+" "+cause.Message, `.spec.replicas conflict with "peer"`)
	forced, err := deployments.Apply(ctx, appsapply.Deployment("applied", namespace).WithSpec(appsapply.DeploymentSpec().WithReplicas(5)), metav1.ApplyOptions{FieldManager: "other", Force: true})
	must(t, err)
	equal(t, "replicas", *forced.Spec.Replicas, 5)
	extracted, err := appsapply.ExtractDeployment(forced, "other")
	must(t, err)
	equal(t, "what another manager owns", *extracted.Spec.Replicas == 5 && extracted.Spec.Template == nil, true)
	owned, err := appsapply.ExtractDeployment(forced, "peer")
	must(t, err)
	equal(t, "what was lost", owned.Spec.Replicas == nil && len(owned.Spec.Template.Spec.Containers) == 1, true)
	removed, err := deployments.Apply(ctx, appsapply.Deployment("applied", namespace), metav1.ApplyOptions{FieldManager: "injector"})
	must(t, err)
	equal(t, "what is no longer applied goes", len(removed.Spec.Template.Spec.Containers), 1)
	status, err := deployments.ApplyStatus(ctx, appsapply.Deployment("applied", namespace).WithStatus(appsapply.DeploymentStatus().
		WithConditions(appsapply.DeploymentCondition().WithType("Peered").WithStatus(corev1.ConditionTrue))), metav1.ApplyOptions{FieldManager: "peer", Force: true})
	must(t, err)
	found := false
	for _, condition := range status.Status.Conditions {
		found = found || condition.Type == "Peered"
	}
	equal(t, "a condition of the status", found, true)
}

func TestPatches(t *testing.T) {
	ctx, client, namespace := newClient(t)
	deployments := client.AppsV1().Deployments(namespace)
	_, err := deployments.Create(ctx, newDeployment("patched", 1), metav1.CreateOptions{})
	must(t, err)
	patch := func(kind types.PatchType, text string, subresources ...string) error {
		_, err := deployments.Patch(ctx, "patched", kind, []byte(text), metav1.PatchOptions{}, subresources...)
		return err
	}
	must(t, patch(types.StrategicMergePatchType, `{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:1"}]}}}}`))
	must(t, patch(types.StrategicMergePatchType, `{"spec":{"template":{"spec":{"containers":[{"name":"main","$patch":"delete"}]}}}}`))
	must(t, patch(types.JSONPatchType, `[{"op":"test","path":"/spec/replicas","value":1},{"op":"add","path":"/metadata/annotations","value":{"a":"b"}}]`))
	must(t, patch(types.MergePatchType, `{"spec":{"replicas":0}}`, "scale"))
	must(t, patch(types.MergePatchType, `{"status":{"collisionCount":7}}`, "status"))
	got, err := deployments.Get(ctx, "patched", metav1.GetOptions{})
	must(t, err)
	equal(t, "containers", len(got.Spec.Template.Spec.Containers) == 1 && got.Spec.Template.Spec.Containers[0].Name == "side", true)
	equal(t, "annotation", got.Annotations["a"], "b")
	equal(t, "replicas", *got.Spec.Replicas, 0)
	err = patch(types.JSONPatchType, `[{"op":"test","path":"/spec/replicas","value":9}]`)
	equal(t, "a test that fails", apierrors.IsInvalid(err), true)
	err = patch(types.JSONPatchType, `{"op":"test"}`)
	equal(t, "no JSON patch", apierrors.IsBadRequest(err), true)
	err = patch(types.MergePatchType, `{"spec":{"selector":{"matchLabels":{"app":"other"}}}}`)
	equal(t, "immutable", apierrors.IsInvalid(err), true)
	err = patch("application/nonsense", `{}`)
	equal(t, "unsupported", apierrors.IsUnsupportedMediaType(err), true)
	err = patch(types.MergePatchType, `{"metadata":{"resourceVersion":"1"},"spec":{"replicas":4}}`)
	equal(t, "a stale version", apierrors.IsConflict(err), true)
}

func TestEventRecorders(t *testing.T) {
	ctx, client, namespace := newClient(t)
	configMap, err := client.CoreV1().ConfigMaps(namespace).Create(ctx, newConfigMap("subject", nil), metav1.CreateOptions{})
	must(t, err)
	configMap.APIVersion, configMap.Kind = "v1", "ConfigMap"

	core := record.NewBroadcaster(record.WithContext(ctx))
	core.StartRecordingToSink(&typedcore.EventSinkImpl{Interface: client.CoreV1().Events("")})
	recorder := core.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "peer"})
	for range 3 {
		recorder.Eventf(configMap, corev1.EventTypeNormal, "Counted", "it happened")
	}
	eventually(t, "three are one, counted", func() (bool, error) {
		list, err := client.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: "reason=Counted,involvedObject.name=subject"})
		return err == nil && len(list.Items) == 1 && list.Items[0].Count == 3, err
	})

	newer := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
	must(t, newer.StartRecordingToSinkWithContext(ctx))
	newer.NewRecorder(scheme.Scheme, "peer.example.com/test").Eventf(configMap, nil, corev1.EventTypeWarning, "Noted", "Testing", "it is noted")
	eventually(t, "it is in both groups", func() (bool, error) {
		list, err := client.EventsV1().Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: "reason=Noted"})
		if err != nil || len(list.Items) != 1 {
			return false, err
		}
		same, err := client.CoreV1().Events(namespace).Get(ctx, list.Items[0].Name, metav1.GetOptions{})
		return err == nil && same.Message == "it is noted" && list.Items[0].Note == same.Message && same.ReportingController == "peer.example.com/test", err
	})
	must(t, client.EventsV1().Events(namespace).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}))
	core.Shutdown()
	newer.Shutdown()
}

func TestLeaderElection(t *testing.T) {
	ctx, client, namespace := newClient(t)
	var leading atomic.Int32
	var leader atomic.Value
	run := func(ctx context.Context, identity string) {
		lock := &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Name: "peer", Namespace: namespace},
			Client:     client.CoordinationV1(),
			LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
		}
		elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
			Lock: lock, ReleaseOnCancel: true, Name: "peer",
			LeaseDuration: 4 * time.Second, RenewDeadline: 3 * time.Second, RetryPeriod: 200 * time.Millisecond,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(ctx context.Context) {
					leading.Add(1)
					leader.Store(identity)
					<-ctx.Done()
				},
				OnStoppedLeading: func() { leading.Add(-1) },
			},
		})
		if err != nil {
			t.Error(err)
			return
		}
		elector.Run(ctx)
	}
	firstCtx, stopFirst := context.WithCancel(ctx)
	secondCtx, stopSecond := context.WithCancel(ctx)
	firstEnded, secondEnded := make(chan struct{}), make(chan struct{})
	go func() { defer close(firstEnded); run(firstCtx, "first") }()
	eventually(t, "the first leads", func() (bool, error) { return leader.Load() == "first", nil })
	go func() { defer close(secondEnded); run(secondCtx, "second") }()
	time.Sleep(time.Second)
	equal(t, "one leads", leader.Load() == "first" && leading.Load() == 1, true)
	stopFirst()
	<-firstEnded
	eventually(t, "the second leads", func() (bool, error) { return leader.Load() == "second", nil })
	lease, err := client.CoordinationV1().Leases(namespace).Get(ctx, "peer", metav1.GetOptions{})
	must(t, err)
	equal(t, "holder", *lease.Spec.HolderIdentity, "second")
	equal(t, "transitions", *lease.Spec.LeaseTransitions, 1)
	stopSecond()
	<-secondEnded
}
