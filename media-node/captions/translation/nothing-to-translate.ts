/** Whether there is no letter in it, as in `12:30`: it reads the same in all languages. */
export function nothingToTranslate(text: string): boolean {
  return !/\p{L}/u.test(text)
}
