/**
 * The port to what a cluster signs with: its CA. Keys and cryptography are of whoever serves the cluster; a simulation
 * that nobody serves has a stand-in, the same at each run.
 */

export interface ClusterAuthority {
  /** The certificate of the cluster's CA, PEM: what `kube-root-ca.crt` holds. */
  readonly certificate: string;
}

/** For a simulation without a server. `name` is the cluster's. */
export function standInAuthority(name: string): ClusterAuthority {
  const body = btoa(`drydock simulated cluster ${name}`);
  return { certificate: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n` };
}
