package dev.sdlora.api;

/**
 * The precision in which the networks of a checkpoint compute. In every precision, sums, norm
 * statistics, softmax and the output are 32-bit floats.
 *
 * <p>Images of two precisions differ in small details. If several machines have to generate the
 * same images, select {@link #FLOAT32}: the only remaining difference is the order in which
 * processors add, which rarely changes a grey level.
 */
public enum Precision {
  /** 32-bit floats, the reference. Training always uses this precision. */
  FLOAT32,
  /**
   * 16-bit brain floats: half the memory, and up to three times as fast on processors with
   * instructions for them, but slower on others. Images differ in small details; the project's page
   * on precision and memory has measurements.
   */
  BFLOAT16,
  /**
   * IEEE half precision. It is rejected on the CPU, where the engine is a hundred times as slow
   * with it. The VAE stays in 32-bit floats, because that of SDXL has internal values beyond
   * 65,504. Not tested on any device.
   */
  FLOAT16,
  /**
   * The default: {@link #BFLOAT16} on a processor that has instructions for it (AVX-512 BF16 or AMX
   * BF16, as listed by Linux), {@link #FLOAT32} on other processors and on GPUs, which are
   * untested. {@link Pipeline#precision()} and {@link GenerationResult#precision()} return the
   * selected precision; {@link DeviceInfo} returns it in advance, with the reason.
   */
  AUTO
}
