package dev.sdlora.api.sampling;

/**
 * Where the random numbers of a seed come from; A1111's setting "Random number generator source".
 */
public enum Rng {
  /**
   * Philox 4x32-10 as NVIDIA GPUs draw it: seeds give the images of a default A1111 on CUDA. The
   * default.
   */
  NV,
  /** Mersenne Twister as PyTorch draws it on a CPU: seeds give the images of ComfyUI. */
  CPU
}
