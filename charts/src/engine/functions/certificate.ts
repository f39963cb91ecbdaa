/**
 * Keys and certificates: genPrivateKey, genCA, genSelfSignedCert, genSignedCert, buildCustomCert and the forms with a
 * key. Follows Sprig 3.3.0 over Go 1.26's crypto/x509: version 3, the render's time for the present, a random serial.
 */

import { goBytes, goString } from '../gotemplate/bytes.ts';
import { sliceItems } from '../gotemplate/go-types.ts';
import { GoStruct, type GoStructType, type GoValue } from '../gotemplate/go-value.ts';
import { formatValue } from '../gotemplate/printf.ts';
import { integer, struct, text } from './arguments.ts';
import { decodeBase64 } from './encoding.ts';
import { type CallContext, FunctionError, type TemplateFunction } from './function.ts';
import { parseIpAddress } from './ip-address.ts';
import { encodePem } from './pem.ts';
import { generateKeyPem, generateRsaKey, type PrivateKey, parsePrivateKey } from './private-key.ts';
import { type Issuer, parseIssuer, type Subject, signCertificate } from './x509.ts';

const CERTIFICATE = 'sprig.certificate';
const LIST = '[]interface {}';
const KEY_BITS = 2048;

/** genPrivateKey, buildCustomCert, genCA, genSelfSignedCert, genSignedCert and their WithKey forms. */
export const certificateFunctions: readonly TemplateFunction[] = [
  {
    name: 'genPrivateKey',
    parameters: ['string'],
    result: 'string',
    call: ([kind], context) => generateKeyPem(text(kind), context) ?? `Unknown type ${text(kind)}`,
  },
  {
    name: 'buildCustomCert',
    parameters: ['string', 'string'],
    result: CERTIFICATE,
    call: ([certificate, key]) => customCertificate(text(certificate), text(key)),
  },
  {
    name: 'genCA',
    parameters: ['string', 'int'],
    result: CERTIFICATE,
    call: ([name, days], context) => authority(subjectOf([name, null, null, days], context), newKey(context), context),
  },
  {
    name: 'genCAWithKey',
    parameters: ['string', 'int', 'string'],
    result: CERTIFICATE,
    call: ([name, days, key], context) => {
      const given = givenKey(key);
      return authority(subjectOf([name, null, null, days], context), given, context);
    },
  },
  {
    name: 'genSelfSignedCert',
    parameters: ['string', LIST, LIST, 'int'],
    result: CERTIFICATE,
    call: (args, context) => selfSigned(subjectOf(args, context), newKey(context), context),
  },
  {
    name: 'genSelfSignedCertWithKey',
    parameters: ['string', LIST, LIST, 'int', 'string'],
    result: CERTIFICATE,
    call: (args, context) => {
      const key = givenKey(args[4]);
      return selfSigned(subjectOf(args, context), key, context);
    },
  },
  {
    name: 'genSignedCert',
    parameters: ['string', LIST, LIST, 'int', CERTIFICATE],
    result: CERTIFICATE,
    call: (args, context) => signed({ args, authority: args[4], key: undefined }, context),
  },
  {
    name: 'genSignedCertWithKey',
    parameters: ['string', LIST, LIST, 'int', CERTIFICATE, 'string'],
    result: CERTIFICATE,
    call: (args, context) => signed({ args, authority: args[4], key: givenKey(args[5]) }, context),
  },
];

const certificateType: GoStructType = {
  name: CERTIFICATE,
  pointer: false,
  fields: [
    { name: 'Cert', type: 'string' },
    { name: 'Key', type: 'string' },
  ],
  methods: new Map(),
};

function certificateValue(certificate: string, key: string): GoStruct {
  return new GoStruct(
    certificateType,
    new Map([
      ['Cert', certificate],
      ['Key', key],
    ]),
  );
}

function customCertificate(certificate64: string, key64: string): GoStruct {
  const certificate = decodeBase64(certificate64);
  if (typeof certificate === 'string') throw new FunctionError('unable to decode base64 certificate');
  const key = decodeBase64(key64);
  if (typeof key === 'string') throw new FunctionError('unable to decode base64 private key');
  parseIssuer(goString(certificate), 'decodedCert.Bytes');
  explained('error parsing private key', () => parsePrivateKey(goString(key)));
  return certificateValue(goString(certificate), goString(key));
}

function authority(subject: Subject, key: PrivateKey, context: CallContext): GoStruct {
  return selfSigned({ ...subject, isAuthority: true }, key, context);
}

function selfSigned(subject: Subject, key: PrivateKey, context: CallContext): GoStruct {
  const der = explained('error creating certificate', () =>
    signCertificate(subject, { publicKey: key, signingKey: key, random: context.env.random }),
  );
  return certificateValue(encodePem({ type: 'CERTIFICATE', bytes: der }), encodePem(key.block));
}

function signed(
  from: { readonly args: readonly GoValue[]; readonly authority: GoValue; readonly key: PrivateKey | undefined },
  context: CallContext,
): GoStruct {
  const { fields } = struct(from.authority);
  const issuer: Issuer = parseIssuer(text(fields.get('Cert')), 'decodedSignerCert.Bytes');
  const signingKey = explained('error parsing private key', () => parsePrivateKey(text(fields.get('Key'))));
  const subject = subjectOf(from.args, context);
  const key = from.key ?? newKey(context);
  const der = explained('error creating certificate', () =>
    signCertificate(subject, { publicKey: key, signingKey, issuer, random: context.env.random }),
  );
  return certificateValue(encodePem({ type: 'CERTIFICATE', bytes: der }), encodePem(key.block));
}

function newKey(context: CallContext): PrivateKey {
  return generateRsaKey(KEY_BITS, context.env.random);
}

function givenKey(pem: GoValue): PrivateKey {
  return explained('parsing private key', () => parsePrivateKey(text(pem)));
}

/** Common name, addresses, names and days from the arguments that all the functions begin with. */
function subjectOf(args: readonly GoValue[], context: CallContext): Subject {
  const [name, addresses, names, days] = args;
  // As a time.Duration: days beyond 292 years run over.
  const nanoseconds = BigInt.asIntN(64, integer(days) * 86_400_000_000_000n);
  return {
    commonName: text(name),
    addresses: itemsOf(addresses).map(addressOf),
    names: itemsOf(names).map(nameOf),
    notBefore: context.env.now,
    notAfter: context.env.now + Number(nanoseconds / 1_000_000n),
    isAuthority: false,
  };
}

function itemsOf(list: GoValue): readonly GoValue[] {
  return sliceItems(list) ?? [];
}

function addressOf(item: GoValue): Uint8Array {
  if (typeof item !== 'string') throw new FunctionError(`error parsing ip: ${formatValue(item)} is not a string`);
  const address = parseIpAddress(item);
  if ('error' in address || address.zone !== '') throw new FunctionError(`error parsing ip: ${item}`);
  const { bytes } = address;
  // An IPv4 address in IPv6 is written as what it is.
  const isMapped =
    bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return Uint8Array.from(isMapped ? bytes.slice(12) : bytes);
}

function nameOf(item: GoValue): Uint8Array {
  if (typeof item === 'string') return goBytes(item);
  throw new FunctionError(`error processing alternate dns name: ${formatValue(item)} is not a string`);
}

function explained<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof FunctionError) throw new FunctionError(`${what}: ${error.message}`);
    throw error;
  }
}
