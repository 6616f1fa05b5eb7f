package dev.sdlora.api;

/**
 * The number format in which the networks of a checkpoint compute. In every format sums, the
 * statistics of norms and softmax are 32-bit floats, and so is what comes out.
 */
public enum Precision {
  /** 32-bit floats: the reference, and the default. */
  FLOAT32,
  /**
   * 16-bit brain floats: half the memory, and two to three times faster on processors with bfloat16
   * units; pictures differ in small details.
   */
  BFLOAT16,
  /**
   * IEEE half precision, for devices other than the processor, where it is refused: libtorch
   * computes with it there a hundred times as slowly. Not tested on any device.
   */
  FLOAT16,
  /**
   * {@link #BFLOAT16} on a processor that has instructions for it (AVX-512 BF16 or AMX BF16, as
   * Linux lists them), {@link #FLOAT32} elsewhere and on other devices; see {@link
   * Pipeline#precision()}.
   */
  AUTO
}
