package goclients

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/retry"
	"k8s.io/utils/ptr"
)

func protobufClient(t *testing.T) kubernetes.Interface {
	t.Helper()
	own := rest.CopyConfig(config)
	own.ContentType = "application/vnd.kubernetes.protobuf"
	own.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	return kubernetes.NewForConfigOrDie(own)
}

// roundTrip writes in one form, reads in two, and wants the same object.
func roundTrip[T any](
	t *testing.T, object T,
	create func(context.Context, kubernetes.Interface, T) (T, error),
	get func(context.Context, kubernetes.Interface) (T, error),
) {
	t.Helper()
	ctx := newContext(t)
	binary, text := protobufClient(t), kubernetes.NewForConfigOrDie(config)
	_, err := create(ctx, binary, object)
	must(t, err)
	eventually(t, fmt.Sprintf("both forms of %T are the same", object), func() (bool, error) {
		fromBinary, err := get(ctx, binary)
		if err != nil {
			return false, err
		}
		fromText, err := get(ctx, text)
		if err != nil {
			return false, err
		}
		return equality.Semantic.DeepEqual(fromBinary, fromText), nil
	})
}

func TestProtobuf(t *testing.T) {
	_, _, namespace := newClient(t)
	named := func(name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Name: name, Labels: labels(name), Annotations: map[string]string{"é": "ü\n"}}
	}
	annotated := func(name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Name: name, Labels: labels(name), Annotations: map[string]string{"note": "ü\n€"}}
	}
	pod := newPodSpec()
	pod.Containers[0].Resources = corev1.ResourceRequirements{
		Requests: corev1.ResourceList{"cpu": resource.MustParse("100m"), "memory": resource.MustParse("1.5Gi")},
		Limits:   corev1.ResourceList{"cpu": resource.MustParse("0.5")},
	}
	pod.Containers[0].ReadinessProbe = &corev1.Probe{
		ProbeHandler:  corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/", Port: intstr.FromString("web")}},
		PeriodSeconds: 1,
	}
	pod.Containers[0].Ports = []corev1.ContainerPort{{Name: "web", ContainerPort: 80}}
	pod.Tolerations = []corev1.Toleration{{Effect: corev1.TaintEffectNoExecute, Operator: corev1.TolerationOpExists, TolerationSeconds: ptr.To[int64](5)}}
	job := newPodSpec()
	job.RestartPolicy = corev1.RestartPolicyNever

	t.Run("an annotation with a bad key is refused", func(t *testing.T) {
		_, err := protobufClient(t).CoreV1().ConfigMaps(namespace).Create(newContext(t),
			&corev1.ConfigMap{ObjectMeta: named("bad")}, metav1.CreateOptions{})
		equal(t, "invalid", apierrors.IsInvalid(err), true)
	})
	t.Run("ConfigMap", func(t *testing.T) {
		roundTrip(t, &corev1.ConfigMap{ObjectMeta: annotated("c"), Data: map[string]string{"k": "v"}, BinaryData: map[string][]byte{"b": {0, 255}}},
			func(ctx context.Context, c kubernetes.Interface, o *corev1.ConfigMap) (*corev1.ConfigMap, error) {
				return c.CoreV1().ConfigMaps(namespace).Create(ctx, o, metav1.CreateOptions{})
			},
			func(ctx context.Context, c kubernetes.Interface) (*corev1.ConfigMap, error) {
				return c.CoreV1().ConfigMaps(namespace).Get(ctx, "c", metav1.GetOptions{})
			})
	})
	t.Run("Secret", func(t *testing.T) {
		roundTrip(t, &corev1.Secret{ObjectMeta: annotated("s"), Data: map[string][]byte{"k": {1, 2}}, StringData: map[string]string{"t": "x"}},
			func(ctx context.Context, c kubernetes.Interface, o *corev1.Secret) (*corev1.Secret, error) {
				return c.CoreV1().Secrets(namespace).Create(ctx, o, metav1.CreateOptions{})
			},
			func(ctx context.Context, c kubernetes.Interface) (*corev1.Secret, error) {
				return c.CoreV1().Secrets(namespace).Get(ctx, "s", metav1.GetOptions{})
			})
	})
	t.Run("Deployment", func(t *testing.T) {
		deployment := newDeployment("d", 2)
		deployment.Spec.Template.Spec = pod
		deployment.Spec.Strategy.RollingUpdate = &appsv1.RollingUpdateDeployment{MaxSurge: ptr.To(intstr.FromString("25%")), MaxUnavailable: ptr.To(intstr.FromInt32(0))}
		roundTrip(t, deployment,
			func(ctx context.Context, c kubernetes.Interface, o *appsv1.Deployment) (*appsv1.Deployment, error) {
				return c.AppsV1().Deployments(namespace).Create(ctx, o, metav1.CreateOptions{})
			},
			func(ctx context.Context, c kubernetes.Interface) (*appsv1.Deployment, error) {
				return c.AppsV1().Deployments(namespace).Get(ctx, "d", metav1.GetOptions{})
			})
	})
	t.Run("Pod list", func(t *testing.T) {
		roundTrip(t, &corev1.Pod{ObjectMeta: annotated("p"), Spec: pod},
			func(ctx context.Context, c kubernetes.Interface, o *corev1.Pod) (*corev1.Pod, error) {
				return c.CoreV1().Pods(namespace).Create(ctx, o, metav1.CreateOptions{})
			},
			func(ctx context.Context, c kubernetes.Interface) (*corev1.Pod, error) {
				list, err := c.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=p"})
				if err != nil {
					return nil, err
				}
				if len(list.Items) != 1 {
					return nil, fmt.Errorf("%d pods", len(list.Items))
				}
				return &list.Items[0], nil
			})
	})
	t.Run("Service", func(t *testing.T) {
		roundTrip(t, &corev1.Service{ObjectMeta: annotated("v"), Spec: corev1.ServiceSpec{Selector: labels("d"), Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromString("web")}}}},
			func(ctx context.Context, c kubernetes.Interface, o *corev1.Service) (*corev1.Service, error) {
				return c.CoreV1().Services(namespace).Create(ctx, o, metav1.CreateOptions{})
			},
			func(ctx context.Context, c kubernetes.Interface) (*corev1.Service, error) {
				return c.CoreV1().Services(namespace).Get(ctx, "v", metav1.GetOptions{})
			})
	})
	t.Run("StatefulSet", func(t *testing.T) {
		roundTrip(t, &appsv1.StatefulSet{ObjectMeta: annotated("f"), Spec: appsv1.StatefulSetSpec{
			ServiceName: "v", Replicas: ptr.To[int32](1), Selector: &metav1.LabelSelector{MatchLabels: labels("f")},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels("f")}, Spec: newPodSpec()},
			VolumeClaimTemplates: []corev1.PersistentVolumeClaim{{ObjectMeta: metav1.ObjectMeta{Name: "data"}, Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
				Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{"storage": resource.MustParse("1Gi")}},
			}}},
		}},
			func(ctx context.Context, c kubernetes.Interface, o *appsv1.StatefulSet) (*appsv1.StatefulSet, error) {
				return c.AppsV1().StatefulSets(namespace).Create(ctx, o, metav1.CreateOptions{})
			},
			func(ctx context.Context, c kubernetes.Interface) (*appsv1.StatefulSet, error) {
				return c.AppsV1().StatefulSets(namespace).Get(ctx, "f", metav1.GetOptions{})
			})
	})
	t.Run("CronJob", func(t *testing.T) {
		roundTrip(t, &batchv1.CronJob{ObjectMeta: annotated("j"), Spec: batchv1.CronJobSpec{Schedule: "0 3 * * *", TimeZone: ptr.To("Europe/Berlin"),
			JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{BackoffLimit: ptr.To[int32](2), Template: corev1.PodTemplateSpec{Spec: job}}}}},
			func(ctx context.Context, c kubernetes.Interface, o *batchv1.CronJob) (*batchv1.CronJob, error) {
				return c.BatchV1().CronJobs(namespace).Create(ctx, o, metav1.CreateOptions{})
			},
			func(ctx context.Context, c kubernetes.Interface) (*batchv1.CronJob, error) {
				return c.BatchV1().CronJobs(namespace).Get(ctx, "j", metav1.GetOptions{})
			})
	})
	t.Run("Ingress", func(t *testing.T) {
		roundTrip(t, &networkingv1.Ingress{ObjectMeta: annotated("i"), Spec: networkingv1.IngressSpec{Rules: []networkingv1.IngressRule{{Host: "x.example.com",
			IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{Path: "/", PathType: ptr.To(networkingv1.PathTypePrefix),
				Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "v", Port: networkingv1.ServiceBackendPort{Number: 80}}}}}}}}}}},
			func(ctx context.Context, c kubernetes.Interface, o *networkingv1.Ingress) (*networkingv1.Ingress, error) {
				return c.NetworkingV1().Ingresses(namespace).Create(ctx, o, metav1.CreateOptions{})
			},
			func(ctx context.Context, c kubernetes.Interface) (*networkingv1.Ingress, error) {
				return c.NetworkingV1().Ingresses(namespace).Get(ctx, "i", metav1.GetOptions{})
			})
	})
	t.Run("HorizontalPodAutoscaler", func(t *testing.T) {
		roundTrip(t, &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: annotated("h"), Spec: autoscalingv2.HorizontalPodAutoscalerSpec{MaxReplicas: 4,
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "none"}}},
			func(ctx context.Context, c kubernetes.Interface, o *autoscalingv2.HorizontalPodAutoscaler) (*autoscalingv2.HorizontalPodAutoscaler, error) {
				return c.AutoscalingV2().HorizontalPodAutoscalers(namespace).Create(ctx, o, metav1.CreateOptions{})
			},
			func(ctx context.Context, c kubernetes.Interface) (*autoscalingv2.HorizontalPodAutoscaler, error) {
				return c.AutoscalingV2().HorizontalPodAutoscalers(namespace).Get(ctx, "h", metav1.GetOptions{})
			})
	})
	t.Run("Role", func(t *testing.T) {
		roundTrip(t, &rbacv1.Role{ObjectMeta: annotated("r"), Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get"}}}},
			func(ctx context.Context, c kubernetes.Interface, o *rbacv1.Role) (*rbacv1.Role, error) {
				return c.RbacV1().Roles(namespace).Create(ctx, o, metav1.CreateOptions{})
			},
			func(ctx context.Context, c kubernetes.Interface) (*rbacv1.Role, error) {
				return c.RbacV1().Roles(namespace).Get(ctx, "r", metav1.GetOptions{})
			})
	})
}

func TestErrors(t *testing.T) {
	ctx, client, namespace := newClient(t)
	configMaps := client.CoreV1().ConfigMaps(namespace)
	_, err := configMaps.Get(ctx, "none", metav1.GetOptions{})
	equal(t, "not found", apierrors.IsNotFound(err), true)
	equal(t, "message", err.Error(), `configmaps "none" not found`)
	created, err := configMaps.Create(ctx, newConfigMap("one", nil), metav1.CreateOptions{})
	must(t, err)
	_, err = configMaps.Create(ctx, newConfigMap("one", nil), metav1.CreateOptions{})
	equal(t, "already exists", apierrors.IsAlreadyExists(err), true)
	_, err = configMaps.Create(ctx, newConfigMap("Not_A_Name", nil), metav1.CreateOptions{})
	equal(t, "invalid", apierrors.IsInvalid(err), true)
	cause, hasCause := apierrors.StatusCause(err, metav1.CauseTypeFieldValueInvalid)
	equal(t, "cause", hasCause && cause.Field == "metadata.name", true)

	stale := created.DeepCopy()
	created.Data = map[string]string{"x": "1"}
	_, err = configMaps.Update(ctx, created, metav1.UpdateOptions{})
	must(t, err)
	stale.Data = map[string]string{"x": "2"}
	_, err = configMaps.Update(ctx, stale, metav1.UpdateOptions{})
	equal(t, "conflict", apierrors.IsConflict(err), true)
	equal(t, "message", err.Error(), `Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your changes to the latest version and try again`)
	must(t, retry.RetryOnConflict(retry.DefaultRetry, func() error {
		latest, err := configMaps.Get(ctx, "one", metav1.GetOptions{})
		if err != nil {
			return err
		}
		latest.Data["x"] = "3"
		_, err = configMaps.Update(ctx, latest, metav1.UpdateOptions{})
		return err
	}))
	other := types.UID("00000000-0000-0000-0000-000000000000")
	err = configMaps.Delete(ctx, "one", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &other}})
	equal(t, "a precondition fails", apierrors.IsConflict(err), true)
	_, err = client.CoreV1().ConfigMaps("none-"+namespace).Create(ctx, newConfigMap("one", nil), metav1.CreateOptions{})
	equal(t, "no such namespace", apierrors.IsNotFound(err), true)
	err = client.CoreV1().RESTClient().Get().AbsPath("/apis/nothing.example.com/v1/things").Do(ctx).Error()
	equal(t, "no such group", apierrors.IsNotFound(err), true)
	err = client.CoreV1().RESTClient().Post().AbsPath("/api/v1/namespaces/" + namespace + "/configmaps").Body([]byte("{")).Do(ctx).Error()
	equal(t, "bad request", apierrors.IsBadRequest(err), true)
}

func TestPropagation(t *testing.T) {
	ctx, client, namespace := newClient(t)
	deployments := client.AppsV1().Deployments(namespace)
	replicaSets := client.AppsV1().ReplicaSets(namespace)
	count := func(name string) int {
		list, err := replicaSets.List(ctx, metav1.ListOptions{LabelSelector: "app=" + name})
		must(t, err)
		return len(list.Items)
	}
	for _, policy := range []metav1.DeletionPropagation{metav1.DeletePropagationBackground, metav1.DeletePropagationForeground, metav1.DeletePropagationOrphan} {
		name := "propagate-" + string(policy[0]|0x20)
		_, err := deployments.Create(ctx, newDeployment(name, 1), metav1.CreateOptions{})
		must(t, err)
		waitForDeployment(t, ctx, client, namespace, name)
		must(t, deployments.Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &policy}))
		eventually(t, name+" is gone", func() (bool, error) {
			_, err := deployments.Get(ctx, name, metav1.GetOptions{})
			return apierrors.IsNotFound(err), nil
		})
		if policy == metav1.DeletePropagationForeground {
			equal(t, "dependents go first", count(name), 0)
		}
		if policy == metav1.DeletePropagationOrphan {
			list, err := replicaSets.List(ctx, metav1.ListOptions{LabelSelector: "app=" + name})
			must(t, err)
			equal(t, "orphans stay", len(list.Items), 1)
			equal(t, "without an owner", len(list.Items[0].OwnerReferences), 0)
			continue
		}
		eventually(t, "dependents are gone", func() (bool, error) { return count(name) == 0, nil })
	}
}

func TestEvictions(t *testing.T) {
	ctx, client, namespace := newClient(t)
	_, err := client.AppsV1().Deployments(namespace).Create(ctx, newDeployment("evicted", 2), metav1.CreateOptions{})
	must(t, err)
	two := intstr.FromInt32(2)
	budgets := client.PolicyV1().PodDisruptionBudgets(namespace)
	_, err = budgets.Create(ctx, &policyv1.PodDisruptionBudget{
		ObjectMeta: metav1.ObjectMeta{Name: "evicted"},
		Spec:       policyv1.PodDisruptionBudgetSpec{MinAvailable: &two, Selector: &metav1.LabelSelector{MatchLabels: labels("evicted")}},
	}, metav1.CreateOptions{})
	must(t, err)
	waitForDeployment(t, ctx, client, namespace, "evicted")
	eventually(t, "the budget is known", func() (bool, error) {
		b, err := budgets.Get(ctx, "evicted", metav1.GetOptions{})
		return err == nil && b.Status.CurrentHealthy == 2 && b.Status.ObservedGeneration == b.Generation, err
	})
	pods, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=evicted"})
	must(t, err)
	eviction := &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pods.Items[0].Name, Namespace: namespace}}
	err = client.CoreV1().Pods(namespace).EvictV1(ctx, eviction)
	equal(t, "too many requests", apierrors.IsTooManyRequests(err), true)
	cause, hasCause := apierrors.StatusCause(err, policyv1.DisruptionBudgetCause)
	equal(t, "cause", hasCause, true)
	equal(t, "message", cause.Message, "The disruption budget evicted needs 2 healthy pods and has 2 currently")
	must(t, budgets.Delete(ctx, "evicted", metav1.DeleteOptions{}))
	must(t, client.CoreV1().Pods(namespace).EvictV1(ctx, eviction))
	eventually(t, "it is gone", func() (bool, error) {
		_, err := client.CoreV1().Pods(namespace).Get(ctx, eviction.Name, metav1.GetOptions{})
		return apierrors.IsNotFound(err), nil
	})
}

func TestTokens(t *testing.T) {
	ctx, client, namespace := newClient(t)
	accounts := client.CoreV1().ServiceAccounts(namespace)
	_, err := accounts.Create(ctx, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "robot"}}, metav1.CreateOptions{})
	must(t, err)
	answer, err := accounts.CreateToken(ctx, "robot", &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: ptr.To[int64](3600)},
	}, metav1.CreateOptions{})
	must(t, err)
	equal(t, "it expires later", answer.Status.ExpirationTimestamp.After(time.Now().Add(time.Minute)), true)
	want := "system:serviceaccount:" + namespace + ":robot"

	own := rest.AnonymousClientConfig(config)
	own.BearerToken = answer.Status.Token
	self, err := kubernetes.NewForConfigOrDie(own).AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	must(t, err)
	equal(t, "the token's user", self.Status.UserInfo.Username, want)
	review, err := client.AuthenticationV1().TokenReviews().Create(ctx, &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: answer.Status.Token}}, metav1.CreateOptions{})
	must(t, err)
	equal(t, "authenticated", review.Status.Authenticated, true)
	equal(t, "as", review.Status.User.Username, want)
	own.BearerToken = "nonsense"
	_, err = kubernetes.NewForConfigOrDie(own).CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
	equal(t, "a wrong token", apierrors.IsUnauthorized(err), true)

	disguised := rest.CopyConfig(config)
	disguised.Impersonate = rest.ImpersonationConfig{UserName: "jane", Groups: []string{"devs"}, Extra: map[string][]string{"scopes": {"view"}}}
	self, err = kubernetes.NewForConfigOrDie(disguised).AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	must(t, err)
	equal(t, "impersonated", fmt.Sprint(self.Status.UserInfo.Username, self.Status.UserInfo.Groups, self.Status.UserInfo.Extra["scopes"]), "jane[devs system:authenticated] [view]")
}

func TestLogs(t *testing.T) {
	ctx, client, namespace := newClient(t)
	pods := client.CoreV1().Pods(namespace)
	_, err := pods.Create(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "talks"}, Spec: newPodSpec()}, metav1.CreateOptions{})
	must(t, err)
	eventually(t, "it runs", func() (bool, error) {
		pod, err := pods.Get(ctx, "talks", metav1.GetOptions{})
		return err == nil && pod.Status.Phase == corev1.PodRunning, err
	})
	stream, err := pods.GetLogs("talks", &corev1.PodLogOptions{Timestamps: true}).Stream(ctx)
	must(t, err)
	defer stream.Close()
	text, err := io.ReadAll(stream)
	must(t, err)
	equal(t, "something is logged", len(text) > 20, true)
	_, err = pods.GetLogs("talks", &corev1.PodLogOptions{Container: "none"}).DoRaw(ctx)
	equal(t, "no such container", apierrors.IsBadRequest(err), true)
}
