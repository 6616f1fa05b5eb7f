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
   * Products of the denoiser in 8-bit integers: weights are rounded once, with a scale for each
   * output, and the inputs of each layer are rounded as it computes, with a scale for each call.
   * Everything else computes as with {@link #AUTO}: text encoders, the VAE, norms, attention, the
   * first and the last layer, the time, and layers too small to gain. For FLUX.2 klein and Z-Image
   * that is {@link #BFLOAT16}.
   *
   * <p>It needs a processor with AVX-512 VNNI or AMX, and is rejected on others and on GPUs. The
   * denoiser takes little more than half the memory that it takes in bfloat16. On two cores of a
   * Xeon with AMX, blocks of FLUX.2 klein at 512×512 were 1.7 times as fast as in bfloat16, but a
   * call of SD 1.5 was 10 % slower. Images differ in details: those of the demo model had a peak
   * signal-to-noise ratio of 40 to 44 dB against {@link #FLOAT32}. The project's page on precision
   * and memory has the measurements.
   *
   * <p>FLUX.1, Chroma and Stable Diffusion 3 reject it.
   *
   * <p>LoRAs are exact: {@link dev.sdlora.api.lora.LoraMode#AUTO} computes them next to the
   * weights, as {@link dev.sdlora.api.lora.LoraMode#OVERLAY} does. With {@link
   * dev.sdlora.api.lora.LoraMode#PATCHED}, and for changes that can only be patched, changed layers
   * compute in bfloat16 or float32 until the LoRA is taken off, and take the memory of that.
   */
  INT8,
  /**
   * The default: {@link #BFLOAT16} on a processor that has instructions for it (AVX-512 BF16 or AMX
   * BF16, as listed by Linux), {@link #FLOAT32} on other processors and on GPUs, which are
   * untested. {@link Pipeline#precision()} and {@link GenerationResult#precision()} return the
   * selected precision; {@link DeviceInfo} returns it in advance, with the reason.
   */
  AUTO
}
