package dev.sdlora.api;

/** The networks of a checkpoint that stay in memory between the stages of a request. */
public enum MemoryPolicy {
  /**
   * All networks, from the building of the pipeline until it is closed. The default. The VAE's
   * encoder is an exception: it is read, and then kept, by the first request that starts from an
   * image or enlarges one between its passes; until then its file must not change.
   */
  KEEP,
  /**
   * Only the U-Net. Text encoders and the required half of the VAE are read from the checkpoint's
   * files when a stage needs them and freed when it ends, so the U-Net never shares the memory with
   * both. The transformers of FLUX.2 klein and Z-Image are read and freed in the same way, after
   * the text encoder, which is as large. The output of the encoders for the last prompts is kept.
   * Images are identical, byte for byte; each read takes as long as copying these networks from the
   * disk or from the system's file cache.
   *
   * <p>The files must not change while the pipeline is in use. A request that finds them changed
   * fails; later requests work again once the original files are back.
   */
  SPARING
}
