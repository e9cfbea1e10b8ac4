/** What the benchmarks have spoken: words of everyday that every recogniser's dictionary has. */
export const SENTENCES = [
  'please call the doctor before noon tomorrow',
  'we will meet again next week in the main office',
  'the weather in the north is cold and wet today',
  'can you send me the report before the end of the day',
  'the train to the city leaves at seven in the morning',
  'she wants to buy a new house near the river',
  'my brother works for a small company in the south',
  'they found the old letters under the kitchen floor',
  'there is a good place to eat behind the station',
  'we should talk about the money before we begin',
  'nobody could open the window on the second floor',
  'he asked his father for help with the garden',
] as const

/** The voices of `flite` that they are spoken in. */
export const VOICES = ['rms', 'slt', 'awb'] as const
