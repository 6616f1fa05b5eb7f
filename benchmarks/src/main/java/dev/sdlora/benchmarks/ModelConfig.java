package dev.sdlora.benchmarks;

import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import java.util.List;

/**
 * The dimensions of a model.
 *
 * @param clip the text encoder
 * @param unet the U-Net
 * @param vae the autoencoder
 */
record ModelConfig(ClipConfig clip, UNetConfig unet, VaeConfig vae) {

  /** Stable Diffusion 1.5. */
  static final ModelConfig SD15 =
      new ModelConfig(
          new ClipConfig(768, 12, 12, 3072, 49408, 77),
          new UNetConfig(
              4, 4, List.of(320, 640, 1280, 1280), 2, List.of(1, 1, 1, 0), 1, 8, 768, false),
          new VaeConfig(List.of(128, 256, 512, 512), 2, 4, 0.18215));
}
