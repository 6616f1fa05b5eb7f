package dev.sdlora.api;

/**
 * The number format in which the networks of a checkpoint compute. In every format sums, the
 * statistics of norms and softmax are 32-bit floats, and so is what comes out.
 *
 * <p>Images of two formats differ in small details. Where those of several machines have to be
 * alike, name {@link #FLOAT32}: what remains is the order in which processors add, which seldom
 * moves a grey level.
 */
public enum Precision {
  /** 32-bit floats: the reference. Training computes in it always. */
  FLOAT32,
  /**
   * 16-bit brain floats: half the memory, and up to three times as fast on processors with
   * instructions for them, slower on others. Images are the same but for small details; the
   * project's page on precision and memory says how far they differ.
   */
  BFLOAT16,
  /**
   * IEEE half precision, for devices other than the processor, where it is refused: the engine
   * computes with it there a hundred times as slowly. The VAE stays in 32-bit floats, since that of
   * SDXL has numbers beyond 65,504 inside. Not tested on any device.
   */
  FLOAT16,
  /**
   * The default: {@link #BFLOAT16} on a processor that has instructions for it (AVX-512 BF16 or AMX
   * BF16, as Linux lists them), {@link #FLOAT32} on others and on GPUs, of which none was at hand
   * to try. {@link Pipeline#precision()} and {@link GenerationResult#precision()} tell the choice,
   * {@link DeviceInfo} tells it beforehand, with the reason.
   */
  AUTO
}
