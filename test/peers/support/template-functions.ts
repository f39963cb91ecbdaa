/**
 * What random templates call: functions with the kinds of arguments that make sense to them, and the kind of what they
 * give. Functions whose result is random or depends on the time are not here.
 */

/**
 * What an argument should be; `fresh` is a map that is nowhere else, so that changing it makes no circle; `size` is a number that may make the result large, and stays small;
 * `one` is above zero, `zero` is zero.
 */
export type Kind =
  | 'any'
  | 'bool'
  | 'constraint'
  | 'date'
  | 'duration'
  | 'encoded'
  | 'format'
  | 'fresh'
  | 'int'
  | 'json'
  | 'key'
  | 'kindname'
  | 'layout'
  | 'list'
  | 'map'
  | 'number'
  | 'one'
  | 'path'
  | 'pattern'
  | 'size'
  | 'string'
  | 'toml'
  | 'url'
  | 'version'
  | 'yaml'
  | 'zero';

export interface RandomFunction {
  readonly name: string;
  readonly parameters: readonly Kind[];
  /** Further arguments of this kind, any number. */
  readonly rest?: Kind;
  readonly result: Kind;
  /** It fails with most arguments, those of the right kind included. */
  readonly isRisky: boolean;
}

// NAME... : PARAMETER... [KIND*] = RESULT; a ? in front: risky
const table = `
trim upper lower title untitle nospace initials snakecase camelcase kebabcase swapcase : string = string
trimAll trimall trimSuffix trimPrefix : string string = string
substr : int int string = string
trunc abbrev wrap : int string = string
abbrevboth : int int string = string
wrapWith : int string string = string
contains hasPrefix hasSuffix : string string = bool
quote squote cat print println : any* = string
quote toString squote : any = string
indent nindent repeat : one string = string
? indent nindent : size string = string
? repeat : size string = string
replace : string string string = string
plural : string string int = string
join : string list = string
splitList : string string = list
split : string string = any
splitn : string int string = any
toStrings : list = list
atoi : string = number
int int64 float64 toDecimal : any = number
add mul max min biggest addf mulf subf divf maxf minf : number number* = number
sub : number number = number
? div mod : number number = number
div mod : number one = number
add1 add1f floor ceil : number = number
round : number number = number
seq : size = string
seq : size size = string
seq : size size size = string
until : size = list
untilStep : size size size = list
first last mustFirst mustLast : list = any
rest initial reverse uniq compact mustRest mustInitial mustReverse mustUniq mustCompact sortAlpha : list = list
append prepend push mustAppend mustPrepend : list any = list
concat : list list* = list
without mustWithout : list any any* = list
has mustHas : any list = bool
slice mustSlice : list zero = list
? slice mustSlice : list number = list
? slice : list number number = list
? slice : string number number = string
chunk mustChunk : one list = list
? chunk : int list = list
list tuple : any* = list
? index : list number = any
index : map key = any
? index : map key key = any
? index : string number = any
len : string = number
len : list = number
len : map = number
? len : any = number
get : map key = any
set : fresh key any = map
set : map key string = map
unset : fresh key = map
hasKey : map key = bool
pluck : key map map* = list
dig : key any map = any
? dig : key key any map = any
merge mergeOverwrite mustMerge mustMergeOverwrite : fresh map map* = map
deepCopy mustDeepCopy : any = any
pick omit : map key key* = map
default : any any = any
coalesce : any any* = any
empty not : any = bool
all any : any* = bool
and or : any any any* = any
ternary : any any bool = any
? eq : any any any* = bool
? ne lt le gt ge : any any = bool
? eq lt gt : number number = bool
eq ne le lt gt ge : string string = bool
eq : string string string* = bool
eq ne lt ge : zero size = bool
deepEqual : any any = bool
? required : string any = any
required : string string = any
b64enc b32enc sha1sum sha256sum sha512sum adler32sum : string = string
b64dec b32dec : encoded = string
toJson toPrettyJson toRawJson mustToJson mustToPrettyJson mustToRawJson : any = string
toYaml toYamlPretty mustToYaml : any = string
toYaml toJson toYamlPretty : map = yaml
toToml mustToToml : map = toml
toToml : any = string
fromJson : json = map
? mustFromJson : json = map
fromJsonArray : json = list
fromYaml : yaml = map
fromYamlArray : yaml = list
fromToml : toml = map
typeOf kindOf : any = string
kindIs typeIs typeIsLike : kindname any = bool
? semver : version = any
semverCompare : constraint version = bool
regexMatch mustRegexMatch : pattern string = bool
regexFind mustRegexFind : pattern string = string
regexFindAll mustRegexFindAll : pattern string int = list
regexReplaceAll mustRegexReplaceAll regexReplaceAllLiteral mustRegexReplaceAllLiteral : pattern string string = string
regexSplit mustRegexSplit : pattern string int = list
regexQuoteMeta : string = string
base dir clean ext osBase osDir osClean osExt : path = path
isAbs osIsAbs : path = bool
urlParse : url = map
? urlParse : string = map
urlJoin : map = string
html js urlquery : any any* = string
printf : format any* = string
printf : format any any* = string
toDate : layout date = any
? mustToDate : layout date = any
date : layout int = string
dateInZone : layout int string = string
htmlDate : int = string
duration : any = string
durationRound : any = string
? mustToDuration : duration = any
durationSeconds durationHours durationMinutes durationDays durationWeeks : duration = number
durationMilliseconds durationMicroseconds durationNanoseconds : duration = number
durationRoundTo durationTruncateTo : duration duration = duration
? fail : string = duration
lookup : string string string string = map
getHostByName : string = string
`;

/** All functions, one entry for each form of their arguments. */
export const randomFunctions: readonly RandomFunction[] = table
  .trim()
  .split('\n')
  .flatMap((line) => {
    const isRisky = line.startsWith('? ');
    const [names = '', signature = ''] = line.replace('? ', '').split(' : ');
    const [parameters = '', result = ''] = signature.split(' = ');
    // The table is above: its words are the kinds.
    const kinds = parameters.split(' ').filter((kind) => !kind.endsWith('*')) as Kind[];
    const rest = parameters
      .split(' ')
      .find((kind) => kind.endsWith('*'))
      ?.slice(0, -1) as Kind | undefined;
    const form = { isRisky, parameters: kinds, result: result as Kind, ...(rest === undefined ? {} : { rest }) };
    return names.split(' ').map((name) => ({ name, ...form }));
  });
