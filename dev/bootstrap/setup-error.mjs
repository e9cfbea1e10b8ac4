/** A step that could not be done: what and why is the message, what to do about it is the advice. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} advice
   */
  constructor(message, advice) {
    super(message)
    this.advice = advice
  }

  print() {
    console.error(`\n${this.message}\n→ ${this.advice}\n`)
  }
}
