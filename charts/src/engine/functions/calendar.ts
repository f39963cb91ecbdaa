/**
 * The proleptic Gregorian calendar on days since 1970-01-01, for years of any size. Days and seconds are bigints, since
 * Go's times reach beyond JavaScript's dates.
 */

/** A day of the calendar; `month` from 1, `yearDay` from 1, `weekday` from 0 for Sunday. */
export interface CivilDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly yearDay: number;
  readonly weekday: number;
}

const ERA_DAYS = 146_097n;
/** From 0000-03-01 to 1970-01-01. */
const EPOCH_SHIFT = 719_468n;

/** The calendar day of a count of days since 1970-01-01. */
export function civilDay(days: bigint): CivilDay {
  const shifted = days + EPOCH_SHIFT;
  const era = floorDivide(shifted, ERA_DAYS);
  const dayOfEra = Number(shifted - era * ERA_DAYS);
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  // Months are counted from March, so that the leap day is the last of a year.
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = Number(era) * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  const yearDay = Number(days - daysSince1970(year, 1, 1)) + 1;
  return { year, month, day, yearDay, weekday: Number(floorModulo(days + 4n, 7n)) };
}

/** Days from 1970-01-01 to a day; months and days out of range run over. */
export function daysSince1970(year: number, month: number, day: number): bigint {
  const months = year * 12 + (month - 1);
  const inYear = Math.floor(months / 12);
  const inMonth = (((months % 12) + 12) % 12) + 1;
  const marchYear = BigInt(inMonth <= 2 ? inYear - 1 : inYear);
  const marchMonth = BigInt((inMonth + 9) % 12);
  const era = floorDivide(marchYear, 400n);
  const yearOfEra = marchYear - era * 400n;
  const dayOfYear = (153n * marchMonth + 2n) / 5n;
  const dayOfEra = yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear;
  return era * ERA_DAYS + dayOfEra - EPOCH_SHIFT + BigInt(day) - 1n;
}

/** Days in a month. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** True for years with 366 days. */
export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** a / b rounded down. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** What floorDivide leaves, never negative. */
export function floorModulo(a: bigint, b: bigint): bigint {
  const rest = a % b;
  return rest < 0n ? rest + b : rest;
}
