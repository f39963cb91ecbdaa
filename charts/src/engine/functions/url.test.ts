/** URLs and paths are taken apart and put together as Go does it. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ urlParse "HTTP://u:p%40x@h.com:80/a%20b/%2f?q=1#f%21" | toJson }}',
    '{"fragment":"f!","host":"h.com:80","hostname":"h.com","opaque":"","path":"/a b//","query":"q=1","scheme":"http","userinfo":"u:p%40x"}',
  ],
  [
    '{{ urlParse "mailto:a@b" | toJson }}|{{ (urlParse "http://[::1]:8080/").hostname }}|{{ (urlParse "//h/p").host }}|{{ (urlParse "a/b?x").path }}',
    '{"fragment":"","host":"","hostname":"","opaque":"a@b","path":"","query":"","scheme":"mailto","userinfo":""}|::1|h|a/b',
  ],
  [
    '{{ urlParse "http://[::1" }}',
    'error calling urlParse: unable to parse url: parse "http://[::1": missing \']\' in host',
  ],
  [
    '{{ urlParse "http://h:x/" }}',
    'error calling urlParse: unable to parse url: parse "http://h:x/": invalid port ":x" after host',
  ],
  ['{{ urlParse ":x" }}', 'error calling urlParse: unable to parse url: parse ":x": missing protocol scheme'],
  [
    '{{ urlParse "a:b:c/d" | toJson }}|{{ urlParse "" | toJson }}',
    '{"fragment":"","host":"","hostname":"","opaque":"b:c/d","path":"","query":"","scheme":"a","userinfo":""}|{"fragment":"","host":"","hostname":"","opaque":"","path":"","query":"","scheme":"","userinfo":""}',
  ],
  [
    '{{ urlParse "1a:b" }}',
    'error calling urlParse: unable to parse url: parse "1a:b": first path segment in URL cannot contain colon',
  ],
  ['{{ urlParse "%éz" }}', 'error calling urlParse: unable to parse url: parse "%éz": invalid URL escape "%é"'],
  [
    '{{ urlParse "http://h/%zz" }}',
    'error calling urlParse: unable to parse url: parse "http://h/%zz": invalid URL escape "%zz"',
  ],
  [
    '{{ urlParse "http://a b/" }}',
    'error calling urlParse: unable to parse url: parse "http://a b/": invalid character " " in host name',
  ],
  [
    '{{ urlParse "http://[1.2.3.4]/" }}',
    'error calling urlParse: unable to parse url: parse "http://[1.2.3.4]/": invalid IP-literal',
  ],
  [
    '{{ urlJoin (dict "scheme" "http" "host" "h:80" "path" "a b/é" "query" "q=a b" "fragment" "f g" "userinfo" "u:p@x") }}|{{ urlJoin (dict "path" "a:b") }}|{{ urlJoin (dict) }}|{{ urlJoin (urlParse "http://h/a%2fb?#x") }}',
    'http://u:p%40x@h:80/a%20b/%C3%A9?q=a b#f%20g|./a:b||http://h/a/b#x',
  ],
  [
    '{{ urlJoin (dict "host" 1) }}',
    'error calling urlJoin: unable to parse host key, must be of type string, but int found',
  ],
  [
    '{{ urlJoin (dict "userinfo" "a b" "host" "h") }}',
    'error calling urlJoin: unable to parse userinfo in dict: parse "proto://a b@host": net/url: invalid userinfo',
  ],
  [
    '{{ base "/a/b/" }} {{ base "" }} {{ base "/" }} {{ dir "/a/b/" }} {{ dir "a" }} {{ clean "a/../../b/./c//" }} {{ clean "/../a" }} {{ ext "a/b.tar.gz" }} {{ ext "a.b/c" }} {{ isAbs "/a" }} {{ osBase "a/b" }} {{ osIsAbs "a" }}',
    'b . / /a/b . ../b/c /a .gz  true b false',
  ],
];

describe('the functions of url.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
