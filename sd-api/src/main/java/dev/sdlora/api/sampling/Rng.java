package dev.sdlora.api.sampling;

/**
 * The random number generator used with a seed; A1111's setting "Random number generator source".
 */
public enum Rng {
  /**
   * Philox 4x32-10 as on NVIDIA GPUs: seeds give the same noise as A1111 with default settings on
   * CUDA. The default.
   */
  NV,
  /** Mersenne Twister as in PyTorch on a CPU: seeds give the same noise as ComfyUI. */
  CPU
}
