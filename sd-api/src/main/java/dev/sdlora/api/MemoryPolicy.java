package dev.sdlora.api;

/** Which networks of a checkpoint stay in memory between the stages of a request. */
public enum MemoryPolicy {
  /**
   * All of them, from the building of the pipeline until it is closed: the default. The half of the
   * VAE that encodes images is read by the first request that starts from an image or enlarges one
   * between its passes, and stays then; the file must be unchanged until it has been.
   */
  KEEP,
  /**
   * The U-Net. Text encoders and the half of the VAE that is needed are read from the checkpoint's
   * files when a stage needs them, and given back at its end, so that the U-Net never shares the
   * memory with both. What the encoders made of the last prompts is kept. Images are the same, byte
   * for byte; each reading takes as long as copying these networks from the disk, or from the
   * system's cache of it.
   *
   * <p>The files must stay as they are while the pipeline is in use; a request that finds them
   * changed fails, and those after it do not as soon as they are back.
   */
  SPARING
}
