/**
 * The table of all functions that a chart's templates can call beside text/template's own: Sprig 3.3.0 but for env and
 * expandenv, and Helm 4.3's.
 */
import { aesFunctions } from './aes.ts';
import { certificateFunctions } from './certificate.ts';
import { dateFunctions } from './date.ts';
import { defaultsFunctions } from './defaults.ts';
import { dictFunctions } from './dict.ts';
import { digestFunctions } from './digest.ts';
import { durationFunctions } from './duration.ts';
import { encodingFunctions } from './encoding.ts';
import type { TemplateFunction } from './function.ts';
import { helmFunctions } from './helm.ts';
import { jsonFunctions } from './json.ts';
import { letterCaseFunctions } from './letter-case.ts';
import { listFunctions } from './list.ts';
import { numericFunctions } from './numeric.ts';
import { passwordFunctions } from './password.ts';
import { pathFunctions } from './path.ts';
import { randomFunctions } from './random.ts';
import { reflectFunctions } from './reflect.ts';
import { regexFunctions } from './regex.ts';
import { semverFunctions } from './semver.ts';
import { stringFunctions } from './strings.ts';
import { tomlFunctions } from './toml.ts';
import { urlFunctions } from './url.ts';
import { wrappingFunctions } from './wrapping.ts';
import { yamlFunctions } from './yaml.ts';

/** Functions by name. */
export const functions: ReadonlyMap<string, TemplateFunction> = new Map(
  [
    ...aesFunctions,
    ...certificateFunctions,
    ...dateFunctions,
    ...defaultsFunctions,
    ...dictFunctions,
    ...digestFunctions,
    ...durationFunctions,
    ...encodingFunctions,
    ...helmFunctions,
    ...jsonFunctions,
    ...letterCaseFunctions,
    ...listFunctions,
    ...numericFunctions,
    ...passwordFunctions,
    ...pathFunctions,
    ...randomFunctions,
    ...reflectFunctions,
    ...regexFunctions,
    ...semverFunctions,
    ...stringFunctions,
    ...tomlFunctions,
    ...urlFunctions,
    ...wrappingFunctions,
    ...yamlFunctions,
  ].map((each) => [each.name, each]),
);
