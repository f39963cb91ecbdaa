// Package deps names what is built from Kubernetes' own module: its end-to-end tests.
package deps

import _ "k8s.io/kubernetes/test/e2e"
