/** Debian's model of American English. */
export const pocketSphinx = {
  name: 'pocketsphinx',
  modelPath: '/usr/share/pocketsphinx/model',
} as const
