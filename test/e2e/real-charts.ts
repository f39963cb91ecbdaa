/**
 * Charts that strangers wrote, and a value of each whose change its upgrade must carry out. `values` are what the chart
 * asks its user for at an upgrade: passwords that it made itself the first time.
 */
export const REAL_CHARTS: readonly {
  readonly chart: string;
  readonly change: string;
  readonly values?: readonly string[];
}[] = [
  { chart: 'bitnami/mysql-14.0.5', change: 'primary.podAnnotations.story=upgraded' },
  { chart: 'bitnami/postgresql-ha-16.3.4', change: 'postgresql.podAnnotations.story=upgraded' },
  { chart: 'bitnami/redis-cluster-13.0.5', change: 'redis.podAnnotations.story=upgraded', values: ['password=known'] },
  { chart: 'bitnami/keycloak-25.4.0', change: 'podAnnotations.story=upgraded' },
  { chart: 'bitnami/rabbitmq-16.0.16', change: 'podAnnotations.story=upgraded' },
  { chart: 'argo/argo-rollouts-2.41.0', change: 'controller.replicas=3' },
  { chart: 'prom/prometheus-29.27.0', change: 'server.podAnnotations.story=upgraded' },
  { chart: 'bitnami/apache-11.4.30', change: 'replicaCount=3' },
  { chart: 'bitnami/postgresql-17.1.0', change: 'primary.podAnnotations.story=upgraded' },
  {
    chart: 'bitnami/mariadb-23.0.1',
    change: 'primary.podAnnotations.story=upgraded',
    values: ['auth.rootPassword=known'],
  },
  {
    chart: 'bitnami/mariadb-galera-16.0.2',
    change: 'podAnnotations.story=upgraded',
    values: ['rootUser.password=known', 'galera.mariabackup.password=known'],
  },
  { chart: 'bitnami/memcached-8.0.0', change: 'podAnnotations.story=upgraded' },
  { chart: 'bitnami/nats-9.0.29', change: 'podAnnotations.story=upgraded' },
  { chart: 'bitnami/valkey-4.0.2', change: 'primary.podAnnotations.story=upgraded' },
  { chart: 'bitnami/tomcat-13.0.0', change: 'podAnnotations.story=upgraded' },
  { chart: 'bitnami/solr-9.6.11', change: 'podAnnotations.story=upgraded' },
  { chart: 'bitnami/clickhouse-9.4.7', change: 'podAnnotations.story=upgraded' },
  { chart: 'bitnami/consul-11.4.33', change: 'podAnnotations.story=upgraded' },
  {
    chart: 'bitnami/drupal-23.0.1',
    change: 'podAnnotations.story=upgraded',
    values: ['drupalPassword=known', 'mariadb.auth.rootPassword=known', 'mariadb.auth.password=known'],
  },
  { chart: 'bitnami/grafana-12.1.9', change: 'grafana.podAnnotations.story=upgraded' },
  { chart: 'bitnami/jaeger-6.0.7', change: 'query.podAnnotations.story=upgraded' },
  { chart: 'bitnami/kube-state-metrics-5.1.1', change: 'podAnnotations.story=upgraded' },
  { chart: 'bitnami/node-exporter-4.5.20', change: 'podAnnotations.story=upgraded' },
  { chart: 'bitnami/mongodb-sharded-9.4.14', change: 'mongos.podAnnotations.story=upgraded' },
  { chart: 'bitnami/schema-registry-26.1.1', change: 'podAnnotations.story=upgraded' },
  { chart: 'bitnami/spark-10.0.4', change: 'worker.replicaCount=3' },
  { chart: 'bitnami/thanos-17.6.0', change: 'query.replicaCount=2' },
  { chart: 'bitnami/phpmyadmin-20.0.2', change: 'podAnnotations.story=upgraded' },
  { chart: 'bitnami/prometheus-2.3.0', change: 'server.podAnnotations.story=upgraded' },
  { chart: 'bitnami/airflow-25.1.0', change: 'web.replicaCount=2' },
  { chart: 'bitnami/cert-manager-1.5.15', change: 'controller.podAnnotations.story=upgraded' },
  { chart: 'bitnami/metrics-server-7.4.13', change: 'podAnnotations.story=upgraded' },
  { chart: 'prom/alertmanager-1.42.0', change: 'replicaCount=2' },
  { chart: 'prom/prometheus-pushgateway-3.8.0', change: 'replicaCount=2' },
  { chart: 'prom/prometheus-snmp-exporter-9.17.1', change: 'replicas=2' },
  { chart: 'prom/prometheus-operator-crds-31.0.1', change: 'crds.annotations.story=upgraded' },
  { chart: 'stable/minio-5.0.33', change: 'podAnnotations.story=upgraded' },
  { chart: 'stable/mariadb-7.3.14', change: 'slave.replicas=2' },
  { chart: 'stable/postgresql-8.6.4', change: 'master.podAnnotations.story=upgraded' },
  { chart: 'stable/prometheus-mysql-exporter-0.7.1', change: 'replicaCount=2' },
  { chart: 'stable/node-red-1.4.3', change: 'podAnnotations.story=upgraded' },
  { chart: 'stable/chaoskube-3.3.2', change: 'replicas=2' },
  { chart: 'stable/jenkins-2.5.4', change: 'master.podAnnotations.story=upgraded' },
  { chart: 'stable/centrifugo-3.2.2', change: 'replicaCount=2' },
  { chart: 'stable/kapacitor-1.2.2', change: 'service.type=NodePort' },
  { chart: 'stable/percona-1.2.3', change: 'podAnnotations.story=upgraded' },
  { chart: 'stable/spark-history-server-1.4.3', change: 'replicaCount=2' },
];
