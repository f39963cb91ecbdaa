/** Times are written, read and moved as Go's, in any zone. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ $t := toDate "2006-01-02T15:04:05Z07:00" "2020-02-29T01:02:03Z" }}{{ printf "%d" $t }} {{ $t.GoString }} {{ $t.Location }} {{ $t.IsDST }} {{ $t.MarshalJSON | printf "%s" }} {{ $t.Add 5000000000 }}',
    '{0 63718534923 0} time.Date(2020, time.February, 29, 1, 2, 3, 0, time.UTC) UTC false "2020-02-29T01:02:03Z" 2020-02-29 01:02:08 +0000 UTC',
  ],
  [
    '{{ printf "%.3v|%#.3v|%8!" (toDate "2006" "2020") (toDate "2006" "2020") (toDate "2006" "2020") }}',
    '202|tim|{%!!(uint64=       0) %!!(int64=63713433600) %!!(*time.Location=&{     UTC [] []                 0        0    <nil>})}',
  ],
  [
    '{{ (toDate "2006" "2020").Zone }}',
    'test:1:18\n  executing "test" at <"2020">:\n    invalid function signature for Zone: second return value should be error; is int',
  ],
  [
    '{{ (toDate "2006" "2020").Date }}',
    'test:1:18\n  executing "test" at <"2020">:\n    function Date has 3 return values; should be 1 or 2',
  ],
  [
    '{{ date "Mon, 02 Jan 2006 15:04:05 MST" 1700000000 }}|{{ date "Monday 2 January 06 3:04:05.000pm -07:00 Z07:00 002 __2 _2" (int64 1700000000) }}|{{ htmlDate 0 }}',
    'Tue, 14 Nov 2023 22:13:20 UTC|Tuesday 14 November 23 10:13:20.000pm +00:00 Z 318 318 14|1970-01-01',
  ],
  [
    '{{ dateInZone "2006-01-02 15:04 MST -0700" 1700000000 "America/New_York" }}|{{ dateInZone "15:04 MST" 1690000000 "Europe/Berlin" }}|{{ dateInZone "15:04 MST" 0 "Asia/Kathmandu" }}|{{ dateInZone "MST" 0 "Nope" }}|{{ dateInZone "15:04 MST" 1700000000 "America/Sao_Paulo" }}',
    '2023-11-14 17:13 EST -0500|06:26 CEST|05:30 +0530|UTC|19:13 -03',
  ],
  [
    '{{ toDate "2006-01-02" "2021-02-29" }}|{{ toDate "2006-01-02T15:04:05Z07:00" "2021-03-04T05:06:07.25+02:00" }}|{{ toDate "Jan _2 2006 3:04PM" "Mar  4 2021 5:06PM" | toJson }}',
    '0001-01-01 00:00:00 +0000 UTC|2021-03-04 05:06:07.25 +0200 +0200|"2021-03-04T17:06:00Z"',
  ],
  [
    '{{ mustToDate "2006-01-02" "2021-13-01" }}',
    'error calling mustToDate: parsing time "2021-13-01": month out of range',
  ],
  [
    '{{ mustToDate "2006-01-02" "2021-02-30" }}',
    'error calling mustToDate: parsing time "2021-02-30": day out of range',
  ],
  [
    '{{ mustToDate "2006-01-02" "2021-01-02x" }}',
    'error calling mustToDate: parsing time "2021-01-02x": extra text: "x"',
  ],
  [
    '{{ mustToDate "15:04" "5pm" }}',
    'error calling mustToDate: parsing time "5pm" as "15:04": cannot parse "pm" as ":"',
  ],
  [
    '{{ $t := toDate "2006-01-02" "2021-01-31" }}{{ $t.Month }} {{ $t.Weekday }} {{ $t.YearDay }} {{ $t.AddDate 0 1 0 }} {{ $t.Unix }} {{ ($t.Sub (toDate "2006" "2020")).Hours }} {{ $t.Year | kindOf }} {{ printf "%d" $t.Month }}',
    'January Sunday 31 2021-03-03 00:00:00 +0000 UTC 1612051200 9504 int 1',
  ],
  [
    '{{ dateModify "-1.5h" (toDate "2006-01-02" "2021-01-31") }}|{{ dateModify "x" (toDate "2006" "2021") }}|{{ unixEpoch (toDate "2006" "1969") }}',
    '2021-01-30 22:30:00 +0000 UTC|2021-01-01 00:00:00 +0000 UTC|-31536000',
  ],
  [
    '{{ mustDateModify "1d" (toDate "2006" "2021") }}',
    'error calling mustDateModify: time: unknown unit "d" in duration "1d"',
  ],
  [
    '{{ duration "90" }} {{ duration (int64 3661) }} {{ duration 60 }} {{ durationRound "2h45m" }} {{ durationRound "800h" }} {{ durationRound (int64 5000000000) }} {{ durationRound "x" }}',
    '1m30s 1h1m1s 0s 2h 1mo 5s 0s',
  ],
  [
    '{{ mustToDuration "1h30m" }} {{ mustToDuration 90 }} {{ mustToDuration "2.5" }} {{ mustToDuration 1.5 }} {{ durationSeconds "1m30s" }} {{ durationHours "90m" }} {{ durationDays "36h" }} {{ durationMilliseconds "1.5s" }} {{ durationNanoseconds "1µs" }} {{ durationWeeks "x" }}',
    '1h30m0s 1m30s 2.5s 1.5s 90 1.5 1.5 1500 1000 0',
  ],
  [
    '{{ durationRoundTo "2h13m" "30m" }} {{ durationTruncateTo "2h13m" "1h" }} {{ durationRoundTo "90s" "x" }} {{ (mustToDuration "90m").Round (mustToDuration "1h") }} {{ typeOf (mustToDuration "1s") }}',
    '2h0m0s 2h0m0s 1m30s 2h0m0s time.Duration',
  ],
  ['{{ mustToDuration "1d" }}', 'error calling mustToDuration: could not parse duration "1d"'],
  ['{{ mustToDuration 1e10 }}', 'error calling mustToDuration: duration seconds overflow: 1e+10'],
  ['{{ mustToDuration (list) }}', 'error calling mustToDuration: unsupported duration type []interface {}'],
];

describe('the functions of date.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
