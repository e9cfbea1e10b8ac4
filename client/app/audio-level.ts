const SILENCE_DB = -60
const FFT_SIZE = 512

/**
 * Measures how loud a track is, once per animation frame: 0 is silence, 1 as loud as it gets. Until the person has
 * clicked or typed somewhere, a browser may not run audio, and then nothing is measured.
 *
 * @returns what stops it
 */
export function watchAudioLevel(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const context = new AudioContext()
  const analyser = new AnalyserNode(context, { fftSize: FFT_SIZE })
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
  const samples = new Float32Array(FFT_SIZE)
  let frame = requestAnimationFrame(measure)

  function measure(): void {
    analyser.getFloatTimeDomainData(samples)
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / FFT_SIZE
    const decibels = 10 * Math.log10(power + 1e-10)
    onLevel(Math.min(1, Math.max(0, 1 - decibels / SILENCE_DB)))
    frame = requestAnimationFrame(measure)
  }

  const resume = () => {
    if (context.state === 'suspended') context.resume()
  }
  document.addEventListener('pointerdown', resume)
  document.addEventListener('keydown', resume)
  return () => {
    cancelAnimationFrame(frame)
    document.removeEventListener('pointerdown', resume)
    document.removeEventListener('keydown', resume)
    context.close()
  }
}
